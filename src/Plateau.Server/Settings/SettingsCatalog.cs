using Plateau.Server.Access;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Observability;
using Plateau.Server.Requests;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Settings;

/// <summary>One group of settings.</summary>
/// <param name="Name">Its name under <c>Plateau</c>, such as <c>Storage</c>.</param>
/// <param name="Options">The class whose properties are its settings.</param>
internal sealed record SettingsSection(string Name, Type Options)
{
    /// <summary>Its configuration key, such as <c>Plateau:Storage</c>.</summary>
    public string Key => $"{SettingsCatalog.Root}:{Name}";
}

/// <summary>Every setting there is; one that is not here is refused.</summary>
internal static class SettingsCatalog
{
    /// <summary>What every key of ours begins with.</summary>
    public const string Root = "Plateau";

    /// <summary>The groups, by name.</summary>
    public static IReadOnlyList<SettingsSection> Sections { get; } =
    [
        new("Access", typeof(AccessOptions)),
        new("Console", typeof(ConsoleOptions)),
        new("Devices", typeof(DevicesOptions)),
        new("Http", typeof(HttpOptions)),
        new("Observability", typeof(ObservabilityOptions)),
        new("Requests", typeof(RequestsOptions)),
        new("Storage", typeof(StorageOptions)),
        new("Telemetry", typeof(TelemetryOptions)),
    ];
}
