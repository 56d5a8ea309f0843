using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.Access;

/// <summary>Sign-in and bearer tokens.</summary>
internal sealed class AccessOptions
{
    /// <summary>Issuer named in tokens. Default <c>plateau</c>.</summary>
    [Required]
    public string Issuer { get; set; } = "plateau";

    /// <summary>Seconds a token lasts. Default 3600.</summary>
    [Range(60, 86_400)]
    public int TokenSeconds { get; set; } = 3600;

    /// <summary>Days after which a new signing key replaces the one in use. Default 30.</summary>
    [Range(1, 365)]
    public int SigningKeyDays { get; set; } = 30;

    /// <summary>Failed sign-ins a minute, for each address and for each account, before 429. Default 10.</summary>
    [Range(1, 10_000)]
    public int FailedLoginsPerMinute { get; set; } = 10;

    /// <summary>
    /// Seconds for which a key and its account are taken as valid without asking the store. Default 20; a revoked key
    /// stops within 60 on every process.
    /// </summary>
    [Range(0, 50)]
    public int KeyCacheSeconds { get; set; } = 20;
}
