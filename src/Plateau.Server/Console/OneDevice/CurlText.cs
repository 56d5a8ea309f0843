using System.Text.Json;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>
/// The calls that would sign in and submit a state for a device, for a shell; they hold neither key nor token. They are
/// two, because the first one asks for the key: what is pasted behind it would be taken for that.
/// </summary>
internal static class CurlText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The call that signs in and keeps the token in a variable.</summary>
    /// <param name="server">Address of the server.</param>
    /// <param name="account">Id of the account.</param>
    // Without a password in its line curl asks for it, and keeps it from the shell's history.
    public static string SignIn(Uri server, string account) => $"""
        TOKEN=$(curl -fsS -u {account} {AddressOf(server)}/login \
          | sed 's/.*"bearer_token":"\([^"]*\)".*/\1/')
        """;

    /// <summary>The call that submits, with that token.</summary>
    /// <param name="server">Address of the server.</param>
    /// <param name="device">The device.</param>
    /// <param name="latest">Whose values are taken as the example; null for a state that could be.</param>
    /// <param name="now">The time of the example.</param>
    public static string Submit(Uri server, Device device, DeviceState? latest, DateTimeOffset now)
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
            curl -X PUT {AddressOf(server)}/devices/{device.Id}/state \
              -H "Authorization: Bearer $TOKEN" \
              -H "Content-Type: application/json" \
              -d '{text}'
            """;
    }

    private static string AddressOf(Uri server) => server.GetLeftPart(UriPartial.Authority);
}
