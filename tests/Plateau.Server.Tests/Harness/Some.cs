namespace Plateau.Server.Tests;

/// <summary>Bodies that are right, for tests that are about something else.</summary>
internal static class Some
{
    public const string Location = """
        {"timezone":"Europe/London","postal_address":{"city":"London","country_code":"GB"}}
        """;

    public const string Device = """
        {"properties":{"battery":{"capacity_kwh":10}}}
        """;

    /// <summary>A state with the members of the contract's example.</summary>
    public static string State(string location, string? reference = "MET1234567890", double charge = 34.2,
        string time = "2022-02-01T10:30:00Z") => FormattableString.Invariant($$"""
        {"location_id":"{{location}}","time":"{{time}}","state_of_charge_percent":{{charge}},
        "target_state_of_charge_percent":80,"battery_power_kw":-3.4,"energy_remaining_kwh":8.3,
        "backup_reserve_percent":20{{(reference is null ? "" : $",\"record_reference_id\":\"{reference}\"")}}}
        """);
}
