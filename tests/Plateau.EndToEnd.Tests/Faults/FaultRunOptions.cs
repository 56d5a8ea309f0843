using System.Globalization;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>How long a fault run is, and what decides its choices.</summary>
/// <param name="Duration">For how long faults are made; <c>PLATEAU_FAULT_MINUTES</c>, default 0.75.</param>
/// <param name="Seed">Where chance begins; <c>PLATEAU_FAULT_SEED</c>, default 20 260.</param>
internal sealed record FaultRunOptions(TimeSpan Duration, int Seed)
{
    public static FaultRunOptions Read() => new(
        TimeSpan.FromMinutes(double.Parse(Variable("PLATEAU_FAULT_MINUTES", "0.75"), CultureInfo.InvariantCulture)),
        int.Parse(Variable("PLATEAU_FAULT_SEED", "20260"), CultureInfo.InvariantCulture));

    private static string Variable(string name, string otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;
}
