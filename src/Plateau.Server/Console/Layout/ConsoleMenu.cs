using MudBlazor;

namespace Plateau.Server.WebConsole;

/// <summary>The console's navigation.</summary>
internal static class ConsoleMenu
{
    /// <summary>The pages, in the order they are offered.</summary>
    public static IReadOnlyList<ConsoleMenuItem> Items { get; } =
    [
        new("", "Fleet", Icons.Material.Outlined.SpaceDashboard),
        new("devices", "Devices", Icons.Material.Outlined.BatteryChargingFull),
        new("locations", "Locations", Icons.Material.Outlined.HomeWork),
        new("customers", "Customers", Icons.Material.Outlined.People),
        new("requests", "Failed requests", Icons.Material.Outlined.SyncProblem),
        new("keys", "Keys", Icons.Material.Outlined.Key),
        new("audit", "Audit", Icons.Material.Outlined.History),
    ];
}

/// <summary>One entry of the navigation.</summary>
/// <param name="Path">Path below the console's, without a leading slash; empty for its first page.</param>
/// <param name="Text">What it is called.</param>
/// <param name="Icon">An icon of the library.</param>
internal sealed record ConsoleMenuItem(string Path, string Text, string Icon);
