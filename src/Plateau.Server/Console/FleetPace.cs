namespace Plateau.Server.WebConsole;

/// <summary>When the sums of a fleet's day are worth another reading: they may take a twentieth of the time.</summary>
/// <param name="NotBefore">The earliest time, UTC.</param>
internal readonly record struct FleetPace(DateTimeOffset NotBefore)
{
    private const int Share = 20;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(15);

    /// <summary>Nothing was read yet.</summary>
    public static FleetPace Unknown => new(DateTimeOffset.MinValue);

    /// <summary>Whether it may be read now.</summary>
    public bool IsDue(DateTimeOffset now) => now >= NotBefore;

    /// <summary>The pace after a reading.</summary>
    public static FleetPace After(DateTimeOffset began, TimeSpan took) =>
        new(began + (took * Share > Least ? took * Share : Least));
}
