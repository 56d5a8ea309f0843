namespace Plateau.Server.Telemetry;

/// <summary>The columns that make a record, in the order it is read in; both engines call them alike.</summary>
internal static class RecordColumns
{
    /// <summary>Those of the only table of a statement that has them.</summary>
    public const string All = """
        time, tail, time_created, location_id, state_of_charge_percent, target_state_of_charge_percent,
        battery_power_kw, energy_remaining_kwh, backup_reserve_percent, record_reference_id
        """;

    /// <summary>Those of one table, by its name in the statement.</summary>
    public static string Of(string table) =>
        string.Join(", ", All.Split(',').Select(column => $"{table}.{column.Trim()}"));
}
