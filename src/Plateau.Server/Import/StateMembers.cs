namespace Plateau.Server.Import;

/// <summary>What a line of a file can say about a state, by the API's names.</summary>
internal static class StateMembers
{
    /// <summary>The device's <c>reference_id</c>.</summary>
    public const string DeviceReference = "device_ref";

    /// <summary>The device's id.</summary>
    public const string DeviceId = "device_id";

    /// <summary>The location's id.</summary>
    public const string LocationId = "location_id";

    /// <summary>When the state was measured.</summary>
    public const string Time = "time";

    /// <summary>The source's name for the record.</summary>
    public const string RecordReference = "record_reference_id";

    /// <summary>State of charge, %.</summary>
    public static readonly StateQuantity Charge = new(0, "state_of_charge_percent", 0, 100);

    /// <summary>Target state of charge, %.</summary>
    public static readonly StateQuantity Target = new(1, "target_state_of_charge_percent", 0, 100);

    /// <summary>Battery power, kW, positive charges.</summary>
    public static readonly StateQuantity Power = new(2, "battery_power_kw", -10_000, 10_000);

    /// <summary>Usable energy in the battery, kWh.</summary>
    public static readonly StateQuantity Energy = new(3, "energy_remaining_kwh", 0, 1_000_000);

    /// <summary>Share of the capacity kept for backup, %.</summary>
    public static readonly StateQuantity Reserve = new(4, "backup_reserve_percent", 0, 100);

    /// <summary>All quantities, each at its <see cref="StateQuantity.Place"/>.</summary>
    public static readonly StateQuantity[] Quantities = [Charge, Target, Power, Energy, Reserve];

    /// <summary>All names.</summary>
    public static readonly string[] Names =
    [
        DeviceReference, DeviceId, LocationId, Time, .. Quantities.Select(one => one.Name), RecordReference,
    ];

    /// <summary>The quantity of a name; null when it is that of a text.</summary>
    public static StateQuantity? FindQuantity(string name) => Array.Find(Quantities, one => one.Name == name);
}

/// <summary>A number of a state.</summary>
/// <param name="Place">Its place among all quantities.</param>
/// <param name="Name">Its name in the API, which ends in its unit.</param>
/// <param name="Min">The least the API takes.</param>
/// <param name="Max">The greatest the API takes.</param>
internal sealed record StateQuantity(int Place, string Name, double Min, double Max);
