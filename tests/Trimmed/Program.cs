using Plateau.Client;
using Plateau.Contracts;

// What a small program of a user does: it registers a device, submits a state and reads the history. It is published
// trimmed, so that whatever the client would lack then is found out.
using var client = new PlateauClient(new PlateauClientOptions
{
    BaseAddress = new Uri(args[0]), AccountId = ObjectIdText.Parse<AccountId>(args[1]), SecretKey = args[2],
});
var home = await client.Locations.CreateAsync(new LocationDraft
{
    Timezone = "Europe/London", PostalAddress = new() { City = "London", CountryCode = "GB" },
});
var battery = await client.Devices.CreateAsync(new DeviceDraft
{
    ReferenceId = "Trimmed", Locations = [home.Id], Properties = new() { Battery = new() { CapacityKwh = 13.5 } },
});
await client.DeviceStates.SubmitAsync(battery.Id, new DeviceStateSubmission
{
    LocationId = home.Id, Time = new DateTimeOffset(2026, 2, 1, 10, 30, 0, TimeSpan.Zero), StateOfChargePercent = 34.2,
    TargetStateOfChargePercent = 80, BatteryPowerKw = -3.4,
});
await foreach (var state in client.DeviceStates.HistoryAsync(battery.Id))
{
    Console.WriteLine(FormattableString.Invariant(
        $"{Instant.Format(state.Time)} {state.StateOfChargePercent} {state.BatteryPowerKw}"));
}
