using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Simulation;

namespace Plateau.Server.Demo;

/// <summary>A device of the demo as the server knows it.</summary>
/// <param name="Device">The device.</param>
/// <param name="Id">Its id.</param>
/// <param name="LocationId">Where it stands.</param>
internal sealed record RegisteredDevice(SimulatedDevice Device, DeviceId Id, LocationId LocationId);

/// <summary>
/// Registers the demo's customers, locations and devices through the API, as a maker would. What is there already is
/// found by its reference; a request that a killed start may have sent carries the same idempotency key again.
/// </summary>
internal sealed class DemoRegistration(PlateauClient client)
{
    /// <summary>Registers what is missing, and returns the demo's devices in their order.</summary>
    public async Task<IReadOnlyList<RegisteredDevice>> RegisterAsync(DemoFleet fleet, CancellationToken cancel)
    {
        var customers = await RegisterCustomersAsync(cancel);
        var locations = await FindLocationsAsync(cancel);
        foreach (var home in DemoHomes.All.Where(home => !locations.ContainsKey(home.ReferenceId)))
        {
            var location = await client.Locations.CreateAsync(
                home.ToDraft(home.CustomerReferenceId is { } customer ? customers[customer] : null),
                KeyOf(home.ReferenceId), cancel);
            locations.Add(home.ReferenceId, location.Id);
        }
        var devices = await FindDevicesAsync(cancel);
        foreach (var device in fleet.Devices.Where(device => !devices.ContainsKey(device.ReferenceId)))
        {
            var draft = device.ToDraft(locations[device.Home.ReferenceId]);
            devices.Add(
                device.ReferenceId, await client.Devices.CreateAsync(draft, KeyOf(device.ReferenceId), cancel));
        }
        return Match(fleet, devices);
    }

    /// <summary>Finds those of the demo's devices that are still there, in their order.</summary>
    public async Task<IReadOnlyList<RegisteredDevice>> FindAsync(DemoFleet fleet, CancellationToken cancel) =>
        Match(fleet, await FindDevicesAsync(cancel));

    private async Task<Dictionary<string, CustomerId>> RegisterCustomersAsync(CancellationToken cancel)
    {
        var customers = new Dictionary<string, CustomerId>(StringComparer.Ordinal);
        await foreach (var customer in client.Customers.ListAsync(cancel: cancel))
        {
            customers.TryAdd(customer.ReferenceId ?? "", customer.Id);
        }
        foreach (var reference in DemoHomes.All.Select(home => home.CustomerReferenceId).OfType<string>().Distinct())
        {
            if (!customers.ContainsKey(reference))
            {
                var draft = new CustomerDraft { ReferenceId = reference };
                customers.Add(reference, (await client.Customers.CreateAsync(draft, KeyOf(reference), cancel)).Id);
            }
        }
        return customers;
    }

    private async Task<Dictionary<string, LocationId>> FindLocationsAsync(CancellationToken cancel)
    {
        var locations = new Dictionary<string, LocationId>(StringComparer.Ordinal);
        await foreach (var location in client.Locations.ListAsync(cancel: cancel))
        {
            locations.TryAdd(location.ReferenceId ?? "", location.Id);
        }
        return locations;
    }

    private async Task<Dictionary<string, Device>> FindDevicesAsync(CancellationToken cancel)
    {
        var devices = new Dictionary<string, Device>(StringComparer.Ordinal);
        await foreach (var device in client.Devices.ListAsync(cancel: cancel))
        {
            devices.TryAdd(device.ReferenceId ?? "", device);
        }
        return devices;
    }

    private static RegisteredDevice[] Match(DemoFleet fleet, Dictionary<string, Device> devices) =>
    [
        .. from device in fleet.Devices
           let registered = devices.GetValueOrDefault(device.ReferenceId)
           where registered is { Locations.Count: > 0 }
           select new RegisteredDevice(device, registered.Id, registered.Locations[0]),
    ];

    private static string KeyOf(string reference) => $"plateau-demo-{reference}";
}
