using System.Globalization;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Commands;
using Plateau.Server.Commands.Api;
using Plateau.Server.Simulation;

namespace Plateau.Server.Simulate;

/// <summary>
/// Registers a fleet through the API: a customer and a location an address, then its devices. What is there already is
/// found by its reference, so that a fleet is registered once, however often it is asked for.
/// </summary>
/// <param name="client">The server.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="devices">How many of its devices.</param>
internal sealed class FleetRegistration(PlateauClient client, SimulatedFleet fleet, int devices)
{
    // Up to as many devices are made one by one, each with a POST and a GET, which takes longer and makes none twice
    // when another run makes them too; more are imported by thousands.
    private const int MaxOneByOne = 2_000;
    private const int CreatedAtOnce = 16;
    private const int ImportSize = 2_000;
    private const int ImportsAtOnce = 2;

    private readonly int _addresses = SimulatedFleet.AddressesOf(devices);
    private string _what = "Looking for the fleet";
    private int _done;

    /// <summary>How far it is, in words.</summary>
    public string Progress() => FormattableString.Invariant($"{_what}: {Volatile.Read(ref _done)} done");

    /// <summary>Registers what is missing, and returns the devices that report, in their order.</summary>
    public async Task<IReadOnlyList<ReportingDevice>> RegisterAsync(CancellationToken cancel)
    {
        var registered = await FindDevicesAsync(cancel);
        if (registered.Any(device => device is null))
        {
            var locations = await RegisterAddressesAsync(cancel);
            Begin(FormattableString.Invariant($"Registering {devices} devices"));
            var missing = Enumerable.Range(0, devices).Where(number => registered[number] is null).ToList();
            LocationId HomeOf(int number) => locations[SimulatedFleet.AddressOf(number)]
                ?? throw new InvalidOperationException("A home was not registered.");
            await (missing.Count <= MaxOneByOne
                ? Parallel.ForEachAsync(
                    missing, AtOnce(CreatedAtOnce, cancel),
                    async (number, stop) => registered[number] = await CreateAsync(number, HomeOf(number), stop))
                : Parallel.ForEachAsync(
                    missing.Chunk(ImportSize), AtOnce(ImportsAtOnce, cancel),
                    async (numbers, stop) => await ImportAsync(numbers, HomeOf, registered, stop)));
        }
        return
        [
            .. from number in Enumerable.Range(0, devices)
               let battery = fleet.Device(number).Battery
               where battery is not null && registered[number] is not null
               select new ReportingDevice(
                   number, registered[number].GetValueOrDefault().Id, registered[number].GetValueOrDefault().Location,
                   battery),
        ];
    }

    private static ParallelOptions AtOnce(int count, CancellationToken cancel) =>
        new() { MaxDegreeOfParallelism = count, CancellationToken = cancel };

    private async Task<(DeviceId Id, LocationId Location)> CreateAsync(
        int number, LocationId home, CancellationToken cancel)
    {
        var draft = fleet.Device(number).ToDraft(home);
        var device = await SharedCreation.CreateAsync(
            draft, ContractsJsonContext.Default.DeviceDraft, key => client.Devices.CreateAsync(draft, key, cancel),
            made => client.Devices.GetAsync(made.Id, cancel));
        Interlocked.Increment(ref _done);
        return (device.Id, home);
    }

    private async Task ImportAsync(
        int[] numbers, Func<int, LocationId> homeOf, (DeviceId Id, LocationId Location)?[] registered,
        CancellationToken cancel)
    {
        var drafts = numbers.Select(number => fleet.Device(number).ToDraft(homeOf(number))).ToList();
        await foreach (var line in client.Devices.ImportAsync(drafts, cancel))
        {
            var number = numbers[line.Line - 1];
            if (line.Id is not { } id)
            {
                throw new CommandFailure(
                    $"The device {fleet.ReferenceOf(number)} was refused: {line.Error?.Message} [{line.Error?.Code}]");
            }
            registered[number] = (id, homeOf(number));
            Interlocked.Increment(ref _done);
        }
    }

    private async Task<LocationId?[]> RegisterAddressesAsync(CancellationToken cancel)
    {
        var customers = new CustomerId?[_addresses];
        await foreach (var customer in client.Customers.ListAsync(cancel: cancel))
        {
            Note(customers, customer.ReferenceId, "customer-", customer.Id);
        }
        var locations = new LocationId?[_addresses];
        await foreach (var location in client.Locations.ListAsync(cancel: cancel))
        {
            Note(locations, location.ReferenceId, "home-", location.Id);
        }
        Begin(FormattableString.Invariant($"Registering the customers and locations of {_addresses} addresses"));
        await Parallel.ForEachAsync(
            Enumerable.Range(0, _addresses).Where(number => locations[number] is null),
            AtOnce(CreatedAtOnce, cancel),
            async (number, stop) =>
            {
                locations[number] = await CreateHomeAsync(fleet.Home(number), customers[number], stop);
                Interlocked.Increment(ref _done);
            });
        return locations;
    }

    private async Task<LocationId> CreateHomeAsync(SimulatedHome home, CustomerId? known, CancellationToken cancel)
    {
        var customer = new CustomerDraft { ReferenceId = home.CustomerReferenceId };
        var owner = known ?? (await SharedCreation.CreateAsync(
            customer, ContractsJsonContext.Default.CustomerDraft,
            key => client.Customers.CreateAsync(customer, key, cancel),
            made => client.Customers.GetAsync(made.Id, cancel))).Id;
        var location = home.ToDraft(owner);
        return (await SharedCreation.CreateAsync(
            location, ContractsJsonContext.Default.LocationDraft,
            key => client.Locations.CreateAsync(location, key, cancel),
            made => client.Locations.GetAsync(made.Id, cancel))).Id;
    }

    private async Task<(DeviceId Id, LocationId Location)?[]> FindDevicesAsync(CancellationToken cancel)
    {
        var found = new (DeviceId, LocationId)?[devices];
        await foreach (var device in client.Devices.ListAsync(cancel: cancel))
        {
            if (device.Locations is [var location, ..])
            {
                Note(found, device.ReferenceId, "", (device.Id, location));
            }
        }
        return found;
    }

    private void Note<T>(T?[] found, string? reference, string kind, T what) where T : struct
    {
        var prefix = fleet.Prefix + kind;
        if (reference?.StartsWith(prefix, StringComparison.Ordinal) is true
            && int.TryParse(
                reference.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < found.Length)
        {
            found[number] = what;
        }
    }

    private void Begin(string what) => (_what, _done) = (what, 0);
}
