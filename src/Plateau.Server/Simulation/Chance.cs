namespace Plateau.Server.Simulation;

/// <summary>
/// Chance that can be asked again: the same seed and index always give the same number, in any order, so that a
/// simulation goes on after a restart as if it had not stopped.
/// </summary>
/// <param name="Seed">What tells one device's chance from another's.</param>
internal readonly record struct Chance(ulong Seed)
{
    /// <summary>Another chance, for another question about the same thing.</summary>
    public Chance For(ulong question) => new(Mix(Seed + Mix(question)));

    /// <summary>A number evenly spread over [0, 1).</summary>
    public double At(long index) => (Mix(Seed ^ Mix((ulong)index)) >> 11) / (double)(1UL << 53);

    /// <summary>A number evenly spread between two others.</summary>
    public double Between(double low, double high, long index) => low + ((high - low) * At(index));

    /// <summary>A number in [0, 1] that moves steadily from one index to the next.</summary>
    public double Smooth(double index)
    {
        var floor = Math.Floor(index);
        var (before, after) = (At((long)floor), At((long)floor + 1));
        return before + ((after - before) * (index - floor));
    }

    // Multiplying by odd numbers and folding the upper half down spreads every input bit over the whole word.
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93;
        value = (value ^ (value >> 29)) * 0xa0761d6478bd642f;
        return value ^ (value >> 32);
    }
}
