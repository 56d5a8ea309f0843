using System.Text.Json;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>
/// The calls that would sign in and submit a state for a device, for a shell; they hold neither key nor token.
/// </summary>
internal static class CurlText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the calls.</summary>
    /// <param name="server">Address of the server.</param>
    /// <param name="account">Id of the account.</param>
    /// <param name="device">The device.</param>
    /// <param name="latest">Whose values are taken as the example; null for a state that could be.</param>
    /// <param name="now">The time of the example.</param>
    public static string Of(
        Uri server, string account, Device device, DeviceState? latest, DateTimeOffset now)
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
        var address = server.GetLeftPart(UriPartial.Authority);
        // Without a password in its line curl asks for it, and keeps it from the shell's history.
        return $"""
            TOKEN=$(curl -fsS -u {account} {address}/login \
              | sed 's/.*"bearer_token":"\([^"]*\)".*/\1/')
            curl -X PUT {address}/devices/{device.Id}/state \
              -H "Authorization: Bearer $TOKEN" \
              -H "Content-Type: application/json" \
              -d '{text}'
            """;
    }
}
