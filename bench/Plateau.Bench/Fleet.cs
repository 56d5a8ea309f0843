using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Devices;
using Plateau.Server.Locations;
using Plateau.Server.Storage;

namespace Plateau.Bench;

/// <summary>A fleet in one account, written straight into the store.</summary>
/// <param name="Account">The account.</param>
/// <param name="Secret">A key that may do everything.</param>
/// <param name="Devices">The devices, oldest first.</param>
/// <param name="Location">Where they all are.</param>
internal sealed record Fleet(AccountId Account, string Secret, IReadOnlyList<DeviceId> Devices, LocationId Location)
{
    private const int AtOnce = 5_000;

    /// <summary>Brings the schema up to date and writes account, key, location and devices.</summary>
    public static async Task<Fleet> CreateAsync(IServiceProvider services, int size, CancellationToken cancel)
    {
        await services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancel);
        var ids = services.GetRequiredService<RegistryIds>();
        var registry = services.GetRequiredService<AccountRegistry>();
        var account = registry.NewAccount("Bench");
        var draft = new AccountKeyDraft { Scope = KeyScope.Manage };
        var (key, secret) = registry.NewKey(account.Id, liveMode: false, draft);
        var location = new LocationRow
        {
            Id = ids.Next<LocationId>(), AccountId = account.Id, LiveMode = false, Timezone = "Europe/London",
            City = "London", CountryCode = "GB", Lat = 50.12345, Lng = -1.23456, TimeCreated = account.TimeCreated,
        };
        await WriteAsync(services, [account, key, location], cancel);
        var caller = new Caller(account.Id, LiveMode: false, key.Id, KeyScope.Manage);
        var devices = new List<DeviceId>(size);
        foreach (var numbers in Enumerable.Range(0, size).Chunk(AtOnce))
        {
            var rows = numbers.Select(number => DeviceRules.Create(
                caller, ids.Next<DeviceId>(), Draft(number, location.Id), location, account.TimeCreated)).ToArray();
            devices.AddRange(rows.Select(row => row.Id));
            var places = rows.Select(row => new DeviceLocationRow { DeviceId = row.Id, LocationId = location.Id });
            await WriteAsync(services, [.. rows, .. places], cancel);
        }
        return new Fleet(account.Id, secret, devices, location.Id);
    }

    private static async Task WriteAsync(IServiceProvider services, object[] rows, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        await using var write = await db.BeginWriteAsync(cancel);
        db.AddRange(rows);
        await write.CommitAsync(cancel);
    }

    // Every device tells what the contract's example tells; sizes differ from home to home.
    private static DeviceDraft Draft(int number, LocationId location) => new()
    {
        ReferenceId = $"ACC{number:D10}",
        Locations = [location],
        Consents = new() { GeoLocation = true },
        Properties = new()
        {
            Manufacturer = "Nova Systems",
            ModelCode = "PICOXN2",
            ModelName = "Pico Ultimate",
            Battery = new()
            {
                CapacityKwh = 7.2 + (number % 20), PowerKw = 7.2, ChargePowerKw = 5, DischargePowerKw = 7.2,
                RoundTripEfficiency = 0.9,
            },
            Pv = new()
            {
                PeakPowerKw = 3.4 + (number % 9), Azimuth = number % 180, Tilt = 23, TerrainShading = false,
                ForecastsEnabled = false,
            },
            Inverter = new() { AcExportLimitKw = 5 },
            EvCharger = new()
            {
                MaxPowerKw = 7.4, MinPowerKw = 1.4, Phases = 1, PhaseSwitching = false, V2gCapable = false,
            },
            HeatPump = new() { MaxPowerKw = 3.5, MinPowerKw = 0.5, ThermalStorageLitres = 200 },
            InstallDate = new DateTimeOffset(2022, 3, 22, 11, 12, 21, TimeSpan.Zero).AddHours(number % 20_000),
        },
    };
}
