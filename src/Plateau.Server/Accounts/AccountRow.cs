using Plateau.Contracts;

namespace Plateau.Server.Accounts;

/// <summary>An account as it is stored.</summary>
internal sealed class AccountRow
{
    public required AccountId Id { get; init; }
    public required string Name { get; set; }
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>When the operator disabled it, UTC; null while it works.</summary>
    public DateTimeOffset? TimeDisabled { get; set; }

    /// <summary>Days for which its devices' records are kept, 1 or more; null for ever.</summary>
    public int? RetentionDays { get; set; }
}

/// <summary>A secret key as it is stored: never the secret itself.</summary>
internal sealed class KeyRow
{
    public required KeyId Id { get; init; }
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }
    public required KeyScope Scope { get; init; }
    public string? Name { get; init; }

    /// <summary>SHA-256 of the secret, 32 bytes.</summary>
    public required byte[] SecretHash { get; init; }

    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>Its last sign-in, UTC; null before the first.</summary>
    public DateTimeOffset? LastUsed { get; set; }

    /// <summary>When it was revoked, UTC; null while it works.</summary>
    public DateTimeOffset? TimeRevoked { get; set; }

    /// <summary>The key on the wire, without its secret.</summary>
    public AccountKey ToWire() => new()
    {
        Id = Id,
        LiveMode = LiveMode,
        Name = Name,
        Scope = Scope,
        LastUsed = LastUsed,
        TimeCreated = TimeCreated,
    };
}
