using System.Text.Json;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>The call that would submit a state for a device, for a shell; it names a token and holds none.</summary>
internal static class CurlText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the call.</summary>
    /// <param name="server">Address of the server.</param>
    /// <param name="device">The device.</param>
    /// <param name="latest">Whose values are taken as the example; null for a state that could be.</param>
    /// <param name="now">The time of the example.</param>
    public static string Of(Uri server, Device device, DeviceState? latest, DateTimeOffset now)
    {
        var place = latest?.LocationId.ToString() ?? device.Locations.FirstOrDefault().ToString();
        var body = new JsonObject
        {
            ["location_id"] = device.Locations.Count == 0 && latest is null ? "loc_…" : place,
            ["time"] = Instant.Format(now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond))),
            ["state_of_charge_percent"] = latest?.StateOfChargePercent ?? 56,
            ["target_state_of_charge_percent"] = latest?.TargetStateOfChargePercent ?? 80,
            ["battery_power_kw"] = latest?.BatteryPowerKw ?? 1.5,
        };
        var text = body.ToJsonString(Indented).Replace("\\u2026", "…", StringComparison.Ordinal);
        return $"""
            curl -X PUT {server.GetLeftPart(UriPartial.Authority)}/devices/{device.Id}/state \
              -H "Authorization: Bearer $TOKEN" \
              -H "Content-Type: application/json" \
              -d '{text}'
            """;
    }
}
