using System.Globalization;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Bench;

/// <summary>The questions of <see cref="ReadWork"/>, as the databases beside are asked them.</summary>
internal static class PeerQueries
{
    private static readonly string[] OfCharge = ["avg", "min", "max", "first", "last"];
    private static readonly string[] OfPower = ["avg", "min", "max", "count"];

    /// <summary>A device's mean charge in the half-hours of a day.</summary>
    public static string VictoriaDevice(DeviceId device, DateTimeOffset day) =>
        Victoria($"avg_over_time(state_state_of_charge_percent{{device=\"{device}\"}}[30m])", day);

    /// <summary>Most of what Plateau tells of a device's half-hours.</summary>
    public static string VictoriaDeviceFigures(DeviceId device, DateTimeOffset day) => Victoria(Union(
        [
            .. OfCharge.Select(of => $"{of}_over_time(state_state_of_charge_percent{{device=\"{device}\"}}[30m])"),
            .. OfPower.Select(of => $"{of}_over_time(state_battery_power_kw{{device=\"{device}\"}}[30m])"),
        ]), day);

    /// <summary>A fleet's summed power in the half-hours of a day.</summary>
    public static string VictoriaFleetPower(DateTimeOffset day) =>
        Victoria("sum(avg_over_time(state_battery_power_kw[30m]))", day);

    /// <summary>A fleet's summed power and mean charge in the half-hours of a day.</summary>
    public static string VictoriaFleet(DateTimeOffset day) => Victoria(Union(
        [
            "sum(avg_over_time(state_battery_power_kw[30m]))",
            "avg(avg_over_time(state_state_of_charge_percent[30m]))",
        ]), day);

    /// <summary>A device's mean charge in the half-hours of a day.</summary>
    public static string InfluxDevice(DeviceId device, DateTimeOffset day)
    {
        var query = $"""
            SELECT mean(state_of_charge_percent) FROM state WHERE device='{device}'
            AND time >= '{Instant.Format(day)}' AND time < '{Instant.Format(day.AddDays(1))}' GROUP BY time(30m)
            """;
        return $"/query?db=bench&q={Uri.EscapeDataString(query)}";
    }

    /// <summary>The values of the first series that VictoriaMetrics answered.</summary>
    public static double[] ReadVictoria(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        return [.. json.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("values").EnumerateArray()
            .Select(pair => double.Parse(pair[1].GetString() ?? "", CultureInfo.InvariantCulture))];
    }

    // Series of one name and the same labels would be taken for one.
    private static string Union(IEnumerable<string> expressions) =>
        $"union({string.Join(',', expressions.Select((one, number) => $"label_set({one},\"figure\",\"{number}\")"))})";

    // Its windows reach back, so the first is asked for at its end. Its cache of answers is left out: what is measured
    // is the work, and a device is seldom asked for the same day twice.
    private static string Victoria(string expression, DateTimeOffset day)
    {
        var query = Uri.EscapeDataString(expression);
        return string.Create(CultureInfo.InvariantCulture,
            $"/api/v1/query_range?nocache=1&query={query}&start={day.AddMinutes(30).ToUnixTimeSeconds()}"
            + $"&end={day.AddDays(1).ToUnixTimeSeconds()}&step=30m");
    }
}
