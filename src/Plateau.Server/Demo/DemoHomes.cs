using Plateau.Server.Simulation;

namespace Plateau.Server.Demo;

/// <summary>The homes of the demo.</summary>
internal static class DemoHomes
{
    /// <summary>The twelve homes, each in a country and a time zone of its own.</summary>
    public static IReadOnlyList<SimulatedHome> All { get; } =
    [
        Home("london", "ashworth", Town.London, "14 Lantern Row", "E8 4XX"),
        Home("berlin", "lindner", Town.Berlin, "Ahornbogen 7", "10249"),
        Home("lisbon", null, Town.Lisbon, "Rua das Amoreiras Novas 31", "1250-020"),
        Home("oslo", "haugen", Town.Oslo, "Bjerkeløkka 22", "0577"),
        Home("amsterdam", null, Town.Amsterdam, "Wilgenkade 118", "1019 AZ"),
        Home("austin", "moreno", Town.Austin, "2207 Pecan Hollow", "78702"),
        Home("sydney", "tran", Town.Sydney, "9 Banksia Rise", "2042"),
        Home("osaka", null, Town.Osaka, "3-12 Sakaemachi", "540-0003"),
        Home("cape-town", null, Town.CapeTown, "41 Protea Steps", "7925"),
        Home("sao-paulo", "moreno", Town.SaoPaulo, "Alameda dos Ipês 560", "05423-010"),
        Home("pune", null, Town.Pune, "5 Neem Court", "411004"),
        Home("auckland", "tran", Town.Auckland, "68 Kowhai Terrace", "1021"),
    ];

    private static SimulatedHome Home(string name, string? customer, Town town, string line, string postCode) =>
        new($"home-{name}", customer is null ? null : $"customer-{customer}", town, line, postCode, town.Point);
}
