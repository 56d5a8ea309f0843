using Plateau.Contracts;

namespace Plateau.Server.Access;

/// <summary>A key that signs bearer tokens, shared by every process on the store.</summary>
internal sealed class SigningKeyRow
{
    public required KeyId Id { get; init; }

    /// <summary>64 random bytes for HMAC SHA-256.</summary>
    public required byte[] Secret { get; init; }

    public required DateTimeOffset TimeCreated { get; init; }
}
