using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Commands.Api;
using Plateau.Server.Http;

namespace Plateau.Server.Import;

/// <summary>The devices that a file names, each looked up, or made, once.</summary>
/// <param name="client">The way to the server.</param>
/// <param name="place">The location new devices are placed at; null where none is made.</param>
/// <param name="timezone">Time zone of new devices; null for the location's.</param>
internal sealed class ImportDevices(PlateauClient client, LocationId? place, string? timezone)
{
    private readonly Dictionary<DeviceName, ImportDevice> _known = [];

    /// <summary>The device of a name, or why there is none.</summary>
    /// <param name="name">How the file, or the user, names it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The server cannot tell.</exception>
    public async Task<ImportDevice> FindAsync(DeviceName name, CancellationToken cancel)
    {
        if (!_known.TryGetValue(name, out var device))
        {
            device = name.IsId ? await GetAsync(name.Text, cancel) : await LookUpAsync(name.Text, cancel);
            if (device.Fault?.Code == ErrorCodes.DeviceNotFound && name.Reference is { } reference)
            {
                device = await FindAsync(new DeviceName(reference, IsId: false), cancel);
            }
            _known.Add(name, device);
        }
        return device;
    }

    private async Task<ImportDevice> GetAsync(string id, CancellationToken cancel)
    {
        try
        {
            return ImportDevice.Of(await client.Devices.GetAsync(ObjectIdText.Parse<DeviceId>(id), cancel));
        }
        catch (PlateauException refusal) when (!StateImport.EndsImport(refusal))
        {
            return new(null, null, StateImport.ToFault(refusal));
        }
    }

    private async Task<ImportDevice> LookUpAsync(string reference, CancellationToken cancel)
    {
        try
        {
            var found = await client.Devices.ListPageAsync(
                new DeviceFilter { ReferenceId = reference }, new PageRequest<DeviceId> { Limit = 2 }, cancel);
            return found.Data switch
            {
                [var one] => ImportDevice.Of(one),
                [] when place is { } at => new(await CreateAsync(reference, at, cancel), at, null),
                [] => new(null, null, new ImportFault(
                    ImportFault.DeviceUnknown,
                    $"No device has the reference {Quote.Of(reference)}; --create-devices makes it.", reference)),
                _ => new(null, null, new ImportFault(
                    ImportFault.DeviceAmbiguous,
                    $"More than one device has the reference {Quote.Of(reference)}; name them by device_id.",
                    reference)),
            };
        }
        catch (PlateauException refusal) when (!StateImport.EndsImport(refusal))
        {
            return new(null, null, StateImport.ToFault(refusal));
        }
    }

    // An import that was killed and started again never makes a second device.
    private async Task<DeviceId> CreateAsync(string reference, LocationId location, CancellationToken cancel)
    {
        var draft = new DeviceDraft { ReferenceId = reference, Locations = [location], Timezone = timezone };
        var device = await SharedCreation.CreateAsync(
            draft, ContractsJsonContext.Default.DeviceDraft, key => client.Devices.CreateAsync(draft, key, cancel),
            made => client.Devices.GetAsync(made.Id, cancel));
        return device.Id;
    }
}

/// <summary>What a name of a device stands for.</summary>
/// <param name="Id">The device; null when there is not exactly one.</param>
/// <param name="OnlyLocation">The one location it is placed at; null where that is none, or one of several.</param>
/// <param name="Fault">Why there is none; null when there is one.</param>
internal sealed record ImportDevice(DeviceId? Id, LocationId? OnlyLocation, ImportFault? Fault)
{
    /// <summary>A device that there is.</summary>
    public static ImportDevice Of(Device device) =>
        new(device.Id, device.Locations is [var one] ? one : null, null);
}
