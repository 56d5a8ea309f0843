using System.Security.Cryptography;

namespace Plateau.Client.Transport;

/// <summary>The one place of the client that needs chance.</summary>
internal static class IdempotencyKeys
{
    private const int KeyBytes = 16;

#pragma warning disable RS0030 // keys of two callers must never meet, and the client has no other use for chance
    /// <summary>A key that nobody used before: 128 random bits in hex.</summary>
    public static string New() => RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true);
#pragma warning restore RS0030
}
