using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Plateau.Server.Access;

/// <summary>The one source of secrets and of what must not be guessed.</summary>
internal static class Secrets
{
    /// <summary>What every secret key begins with.</summary>
    public const string KeyPrefix = "sk_";

#pragma warning disable RS0030 // this is the class the ban points to
    /// <summary>That many random bytes.</summary>
    public static byte[] RandomBytes(int count) => RandomNumberGenerator.GetBytes(count);

    /// <summary>64 random bits.</summary>
    public static ulong RandomNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
#pragma warning restore RS0030

    /// <summary>A new secret key: its mode in clear, then 256 random bits in hex.</summary>
    public static string NewSecretKey(bool liveMode) =>
        KeyPrefix + (liveMode ? "live_" : "test_") + Convert.ToHexStringLower(RandomBytes(32));

    /// <summary>SHA-256 of a secret: all that is stored of it.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret));
}
