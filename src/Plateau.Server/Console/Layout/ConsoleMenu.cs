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
    ];
}

/// <summary>One entry of the navigation.</summary>
/// <param name="Path">Path below the console's, without a leading slash; empty for its first page.</param>
/// <param name="Text">What it is called.</param>
/// <param name="Icon">An icon of the library.</param>
internal sealed record ConsoleMenuItem(string Path, string Text, string Icon);
