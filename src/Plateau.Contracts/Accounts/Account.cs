namespace Plateau.Contracts;

/// <summary>The account a token belongs to, and what the token may do.</summary>
public sealed record Account
{
    /// <summary>Id of the account.</summary>
    public required AccountId Id { get; init; }

    /// <summary>Always <c>account</c>.</summary>
    public string Object { get; init; } = "account";

    /// <summary>The account's name, 1–255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>When it was opened, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>Days for which records of its devices are kept; null for ever.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Mode of the token.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>Scope of the token: <c>submit</c>, <c>read</c> or <c>manage</c>.</summary>
    public required KeyScope Scope { get; init; }

    /// <summary>The key the token was made with.</summary>
    public required KeyId KeyId { get; init; }
}

/// <summary>The answer to a sign-in.</summary>
public sealed record AccessToken
{
    /// <summary>The token, to send as <c>Authorization: Bearer …</c>.</summary>
    public required string BearerToken { get; init; }

    /// <summary>Seconds until the token ends.</summary>
    public required int ExpiresIn { get; init; }

    /// <summary>Mode of the key that signed in.</summary>
    public required bool LiveMode { get; init; }
}

/// <summary>A secret key, as it is answered. The secret itself is shown only in the answer to its creation.</summary>
public sealed record AccountKey
{
    /// <summary>Id of the key.</summary>
    public required KeyId Id { get; init; }

    /// <summary>Always <c>key</c>.</summary>
    public string Object { get; init; } = "key";

    /// <summary>Mode of the key.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>Its name, 1–255 characters; null when not told.</summary>
    public string? Name { get; init; }

    /// <summary>What it may do.</summary>
    public required KeyScope Scope { get; init; }

    /// <summary><c>sk_test_…</c> or <c>sk_live_…</c>, in the answer to its creation only.</summary>
    public string? SecretKey { get; init; }

    /// <summary>When it last signed in, UTC; null before the first time.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public required DateTimeOffset? LastUsed { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}

/// <summary>The body that creates a key.</summary>
public sealed record AccountKeyDraft
{
    /// <summary>What it may do. Required.</summary>
    public required KeyScope Scope { get; init; }

    /// <summary>Its name, 1–255 characters.</summary>
    public string? Name { get; init; }
}

/// <summary>What a key may do in its own mode.</summary>
public enum KeyScope
{
    /// <summary>Submit device states, nothing else.</summary>
    Submit,

    /// <summary>Read everything, change nothing.</summary>
    Read,

    /// <summary>Everything.</summary>
    Manage,
}

/// <summary>One entry of an account's audit trail.</summary>
public sealed record AuditEntry
{
    /// <summary>Id of the entry.</summary>
    public required AuditEntryId Id { get; init; }

    /// <summary>Always <c>audit_entry</c>.</summary>
    public string Object { get; init; } = "audit_entry";

    /// <summary>Mode the change was made in.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The key that made the change; null when the operator made it on the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public required KeyId? KeyId { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Id of the object that changed.</summary>
    public required string ObjectId { get; init; }

    /// <summary>What happened, such as <c>device.created</c>.</summary>
    public required string Action { get; init; }
}
