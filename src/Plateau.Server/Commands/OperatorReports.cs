using Plateau.Contracts;
using Plateau.Server.Accounts;
using Plateau.Server.Storage;

namespace Plateau.Server.Commands;

/// <summary>A server that listens.</summary>
/// <param name="Urls">Addresses, with the ports that were chosen.</param>
/// <param name="Engine">Engine of its store.</param>
internal sealed record ServeReport(IReadOnlyList<string> Urls, EngineKind Engine);

/// <summary>A store whose schema is up to date.</summary>
/// <param name="Version">Number of the newest script.</param>
/// <param name="Applied">Scripts applied just now.</param>
/// <param name="Engine">Its engine.</param>
internal sealed record MigrateReport(int Version, int Applied, EngineKind Engine);

/// <summary>A copy of the embedded store.</summary>
/// <param name="File">Its full path.</param>
/// <param name="SizeBytes">Its size, bytes.</param>
/// <param name="SchemaVersion">Version of its schema.</param>
internal sealed record BackupReport(string File, long SizeBytes, int SchemaVersion);

/// <summary>An account, for its operator.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="TimeCreated">When it was opened, UTC.</param>
/// <param name="TimeDisabled">When it was disabled, UTC; null while it works.</param>
/// <param name="RetentionDays">Days for which its devices' records are kept; null for ever.</param>
internal sealed record AccountReport(
    AccountId Id, string Name, DateTimeOffset TimeCreated, DateTimeOffset? TimeDisabled, int? RetentionDays)
{
    /// <summary>Always <c>account</c>.</summary>
    public string Object => "account";

    /// <summary>The stored account.</summary>
    public static AccountReport Of(AccountRow row) =>
        new(row.Id, row.Name, row.TimeCreated, row.TimeDisabled, row.RetentionDays);
}

/// <summary>Accounts.</summary>
/// <param name="Data">The accounts, newest first.</param>
/// <param name="HasMore">Whether there are older ones.</param>
internal sealed record AccountList(IReadOnlyList<AccountReport> Data, bool HasMore);

/// <summary>A key, for its operator.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">Its account.</param>
/// <param name="LiveMode">Its mode.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="Name">What it is for; null when not told.</param>
/// <param name="TimeCreated">When it was made, UTC.</param>
/// <param name="LastUsed">When it last signed in, UTC; null before the first time.</param>
/// <param name="TimeRevoked">When it was revoked, UTC; null while it works.</param>
internal sealed record KeyReport(
    KeyId Id, AccountId AccountId, bool LiveMode, KeyScope Scope, string? Name, DateTimeOffset TimeCreated,
    DateTimeOffset? LastUsed, DateTimeOffset? TimeRevoked)
{
    /// <summary>Always <c>key</c>.</summary>
    public string Object => "key";

    /// <summary>The secret, when the key was just made; null otherwise.</summary>
    [System.Text.Json.Serialization.JsonIgnore(
        Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? SecretKey { get; init; }

    /// <summary>The stored key.</summary>
    public static KeyReport Of(KeyRow row) => new(
        row.Id, row.AccountId, row.LiveMode, row.Scope, row.Name, row.TimeCreated, row.LastUsed, row.TimeRevoked);

    /// <summary>The record as text, without the secret.</summary>
    public override string ToString() => Id.ToString();
}

/// <summary>Keys of an account.</summary>
/// <param name="Data">The keys, newest first.</param>
/// <param name="HasMore">Whether there are older ones.</param>
internal sealed record KeyList(IReadOnlyList<KeyReport> Data, bool HasMore);
