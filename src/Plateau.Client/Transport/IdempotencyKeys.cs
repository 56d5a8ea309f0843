using System.Security.Cryptography;

namespace Plateau.Client.Transport;

/// <summary>The one place of the client that needs chance of its own.</summary>
internal static class IdempotencyKeys
{
    private const int KeyBytes = 16;
    private const int RunBytes = 6;

#pragma warning disable RS0030 // names of two callers must never meet, and the client has no other use for chance
    /// <summary>A key that nobody used before: 128 random bits in hex.</summary>
    public static string New() => RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true);

    /// <summary>The name of one run of a client: 48 random bits in hex.</summary>
    public static string NewRun() => RandomNumberGenerator.GetHexString(2 * RunBytes, lowercase: true);
#pragma warning restore RS0030
}

/// <summary>
/// References for states that have none: the name of the run and a number, which the store keeps in next to nothing.
/// </summary>
internal sealed class References
{
    private readonly string _run = IdempotencyKeys.NewRun();
    private long _last;

    /// <summary>The next one, such as <c>9f1c07a2b3d4-17</c>.</summary>
    public string Next() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{_run}-{Interlocked.Increment(ref _last)}");
}
