using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Import;

/// <summary>The devices that a file names, each looked up, or made, once.</summary>
/// <param name="client">The way to the server.</param>
/// <param name="location">The location new devices are placed at.</param>
/// <param name="create">Whether devices that do not exist are made.</param>
/// <param name="timezone">Time zone of new devices; null for the location's.</param>
internal sealed class ImportDevices(PlateauClient client, LocationId location, bool create, string? timezone)
{
    private const int MaxDeletedBefore = 10;

    private readonly ConcurrentDictionary<string, Lazy<Task<ImportDevice>>> _known = new(StringComparer.Ordinal);

    /// <summary>The device of a reference, or why there is none.</summary>
    /// <param name="reference">The file's name for the device.</param>
    /// <param name="cancel">Gives up, for every caller that waits for the same device.</param>
    public Task<ImportDevice> FindAsync(string reference, CancellationToken cancel) =>
        _known.GetOrAdd(reference, name => new(() => LookUpAsync(name, cancel))).Value;

    private async Task<ImportDevice> LookUpAsync(string reference, CancellationToken cancel)
    {
        try
        {
            var found = await client.Devices.ListPageAsync(
                new DeviceFilter { ReferenceId = reference }, new PageRequest<DeviceId> { Limit = 2 }, cancel);
            return found.Data switch
            {
                [var one] => new(one.Id, null),
                [] when create => new(await CreateAsync(reference, cancel), null),
                [] => new(null, new ImportFault(
                    ImportFault.DeviceUnknown, $"No device has the reference {reference}; --create-devices makes it.")),
                _ => new(null, new ImportFault(
                    ImportFault.DeviceAmbiguous, $"More than one device has the reference {reference}.")),
            };
        }
        catch (PlateauException refusal) when (!StateImport.EndsImport(refusal))
        {
            return new(null, StateImport.ToFault(refusal));
        }
    }

    // The key follows from what is asked for, so that an import that was killed and started again never makes a second
    // device. The server remembers a key for a day, also when the device was deleted since; the next key then follows
    // from the deleted device.
    private async Task<DeviceId> CreateAsync(string reference, CancellationToken cancel)
    {
        var draft = new DeviceDraft { ReferenceId = reference, Locations = [location], Timezone = timezone };
        var seed = $"{reference}\n{location}\n{timezone}";
        for (var deleted = 0; ; deleted++)
        {
            var device = await client.Devices.CreateAsync(draft, KeyOf(seed), cancel);
            if (deleted >= MaxDeletedBefore || await ExistsAsync(device.Id, cancel))
            {
                return device.Id;
            }
            seed = $"{seed}\n{device.Id}";
        }
    }

    private async Task<bool> ExistsAsync(DeviceId id, CancellationToken cancel)
    {
        try
        {
            await client.Devices.GetAsync(id, cancel);
            return true;
        }
        catch (PlateauException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private static string KeyOf(string seed) =>
        "import-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
}

/// <summary>What a reference names.</summary>
/// <param name="Id">The device; null when there is not exactly one.</param>
/// <param name="Fault">Why there is none; null when there is one.</param>
internal sealed record ImportDevice(DeviceId? Id, ImportFault? Fault);
