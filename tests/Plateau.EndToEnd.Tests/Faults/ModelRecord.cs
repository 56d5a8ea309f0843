using System.Globalization;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>What must have become of a record.</summary>
internal enum Fate
{
    /// <summary>No answer was heard: it may be there, once.</summary>
    Open,

    /// <summary>It was answered as kept: it must be there once, with its values.</summary>
    Kept,

    /// <summary>It was answered as refused: it must not be there.</summary>
    Refused,

    /// <summary>Its erasure was answered: it must go and not come back.</summary>
    Erased,
}

/// <summary>A record as it was sent, and what is known of it.</summary>
/// <param name="Serial">Its number among its device's, sent as the remaining energy: it tells which is which.</param>
/// <param name="Time">When it was measured.</param>
/// <param name="Location">Where the device was.</param>
/// <param name="Charge">State of charge, %.</param>
/// <param name="Target">Target state of charge, %.</param>
/// <param name="Power">Battery power, kW; null when not measured.</param>
/// <param name="Reserve">Backup reserve, %; null when not told.</param>
/// <param name="Reference">Its reference; null when it has none.</param>
internal sealed record ModelRecord(
    int Serial, DateTimeOffset Time, string Location, double Charge, double Target, double? Power, double? Reserve,
    string? Reference)
{
    /// <summary>What became of it.</summary>
    public Fate Fate { get; set; }

    /// <summary>Its id, once told.</summary>
    public string? Id { get; set; }

    /// <summary>When it was accepted, once told, as it was written.</summary>
    public string? TimeCreated { get; set; }

    /// <summary>The code with which it must be refused; null when it is right.</summary>
    public string? Fault { get; init; }

    /// <summary>The record as a body.</summary>
    /// <param name="device">Its device, where the body names it; else null.</param>
    public string ToBody(string? device = null)
    {
        var body = new JsonObject
        {
            ["location_id"] = Location,
            ["time"] = Instant.Format(Time),
            ["state_of_charge_percent"] = Charge,
            ["target_state_of_charge_percent"] = Target,
            ["energy_remaining_kwh"] = Serial,
        };
        Add(body, "device_id", device);
        Add(body, "battery_power_kw", Power);
        Add(body, "backup_reserve_percent", Reserve);
        Add(body, "record_reference_id", Reference);
        return body.ToJsonString();
    }

    /// <summary>What differs between this record and one that was read; null when nothing does.</summary>
    public string? Compare(JsonNode read)
    {
        (string Member, object? Sent, object? Found)[] members =
        [
            ("location_id", Location, (string?)read["location_id"]),
            ("time", Instant.Format(Time), (string?)read["time"]),
            ("state_of_charge_percent", Charge, (double?)read["state_of_charge_percent"]),
            ("target_state_of_charge_percent", Target, (double?)read["target_state_of_charge_percent"]),
            ("battery_power_kw", Power, (double?)read["battery_power_kw"]),
            ("backup_reserve_percent", Reserve, (double?)read["backup_reserve_percent"]),
            ("record_reference_id", Reference, (string?)read["record_reference_id"]),
            ("id", Id ?? (string?)read["id"], (string?)read["id"]),
            ("time_created", TimeCreated ?? (string?)read["time_created"], (string?)read["time_created"]),
        ];
        var wrong = Array.FindAll(members, one => !Equals(one.Sent, one.Found));
        return wrong.Length == 0
            ? null
            : string.Join(", ", wrong.Select(one => string.Create(
                CultureInfo.InvariantCulture, $"{one.Member} is {one.Found}, not {one.Sent}")));
    }

    private static void Add<T>(JsonObject body, string name, T? value)
    {
        if (value is not null)
        {
            body[name] = JsonValue.Create(value);
        }
    }
}
