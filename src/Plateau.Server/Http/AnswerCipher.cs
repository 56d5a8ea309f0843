using System.Security.Cryptography;
using System.Text;
using Plateau.Server.Access;

namespace Plateau.Server.Http;

/// <summary>
/// Encrypts kept answers under a key made from the caller's Idempotency-Key, of which the store has only the hash: an
/// answer may hold a secret that is shown once, and a copy of the store must not show it again.
/// </summary>
internal static class AnswerCipher
{
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private static readonly byte[] Purpose = "plateau idempotent answer"u8.ToArray();

    /// <summary>Encrypts: salt, nonce, tag, then as many bytes as the answer has.</summary>
    public static byte[] Encrypt(string key, ReadOnlySpan<byte> answer)
    {
        var sealedAnswer = new byte[SaltBytes + NonceBytes + TagBytes + answer.Length];
        Secrets.RandomBytes(SaltBytes + NonceBytes).CopyTo(sealedAnswer, 0);
        var parts = Split(sealedAnswer);
        using var cipher = NewCipher(key, parts.Salt);
        cipher.Encrypt(parts.Nonce, answer, parts.Text, parts.Tag);
        return sealedAnswer;
    }

    /// <summary>Decrypts.</summary>
    /// <exception cref="CryptographicException">It was damaged, or encrypted under another key.</exception>
    public static byte[] Decrypt(string key, byte[] sealedAnswer)
    {
        var parts = Split(sealedAnswer);
        var answer = new byte[parts.Text.Length];
        using var cipher = NewCipher(key, parts.Salt);
        cipher.Decrypt(parts.Nonce, parts.Text, parts.Tag, answer);
        return answer;
    }

    private static AesGcm NewCipher(string key, ReadOnlySpan<byte> salt)
    {
        Span<byte> derived = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key), derived, salt, Purpose);
        return new AesGcm(derived, TagBytes);
    }

    private static Parts Split(Span<byte> bytes) => new(
        bytes[..SaltBytes],
        bytes.Slice(SaltBytes, NonceBytes),
        bytes.Slice(SaltBytes + NonceBytes, TagBytes),
        bytes[(SaltBytes + NonceBytes + TagBytes)..]);

    private readonly ref struct Parts(Span<byte> salt, Span<byte> nonce, Span<byte> tag, Span<byte> text)
    {
        public Span<byte> Salt { get; } = salt;
        public Span<byte> Nonce { get; } = nonce;
        public Span<byte> Tag { get; } = tag;
        public Span<byte> Text { get; } = text;
    }
}
