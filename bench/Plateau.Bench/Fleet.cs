using System.Data.Common;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;

namespace Plateau.Bench;

/// <summary>A fleet in one account, written straight into the store.</summary>
/// <param name="Account">The account.</param>
/// <param name="Secret">A key that may do everything.</param>
/// <param name="Devices">The devices, oldest first.</param>
/// <param name="Location">Where they all are.</param>
internal sealed record Fleet(AccountId Account, string Secret, IReadOnlyList<DeviceId> Devices, LocationId Location)
{
    private const string Properties = """
        {"manufacturer":"Nova Systems","model_code":"PICOXN2","model_name":"Pico Ultimate","battery":{"capacity_kwh":14.2,
        "power_kw":7.2,"charge_power_kw":5,"discharge_power_kw":7.2,"round_trip_efficiency":0.9},"pv":{"peak_power_kw":6.4,
        "azimuth":0,"tilt":23,"terrain_shading":false,"forecasts_enabled":false},"inverter":{"ac_export_limit_kw":5},
        "install_date":"2022-03-22T11:12:21Z"}
        """;

    public static async Task<Fleet> CreateAsync(IServiceProvider services, int size)
    {
        await services.GetRequiredService<SchemaMigrator>().MigrateAsync(CancellationToken.None);
        var ids = services.GetRequiredService<RegistryIds>();
        var registry = services.GetRequiredService<AccountRegistry>();
        var account = registry.NewAccount("Bench");
        var (key, secret) = registry.NewKey(account.Id, liveMode: false, new AccountKeyDraft { Scope = KeyScope.Manage });
        var location = new Server.Locations.LocationRow
        {
            Id = ids.Next<LocationId>(), AccountId = account.Id, LiveMode = false, Timezone = "UTC", City = "Bern",
            CountryCode = "CH", TimeCreated = account.TimeCreated,
        };
        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            await using var write = await db.BeginWriteAsync(CancellationToken.None);
            db.Add(account);
            db.Add(key);
            db.Add(location);
            await write.CommitAsync(CancellationToken.None);
        }
        var caller = new Caller(account.Id, LiveMode: false, key.Id, KeyScope.Manage);
        var draft = new DeviceDraft { Locations = [location.Id] };
        await using var connection = await services.GetRequiredService<Engine>().OpenAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync();
        var devices = new List<DeviceId>(size);
        await using var insert = Insert(connection, transaction);
        for (var number = 0; number < size; number++)
        {
            var device = DeviceRules.Create(caller, ids.Next<DeviceId>(), draft, location, account.TimeCreated);
            Fill(insert, device, $"ACC{number:D10}");
            await insert.ExecuteNonQueryAsync();
            devices.Add(device.Id);
        }
        await transaction.CommitAsync();
        return new Fleet(account.Id, secret, devices, location.Id);
    }

    private static DbCommand Insert(DbConnection connection, DbTransaction transaction)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            insert into devices (id, account_id, live_mode, reference_id, controlled, consent_information,
                consent_telemetry, consent_control, consent_geo_location, consents_created, consents_updated, timezone,
                locations, time_created, properties)
            values (@id, @account, @no, @reference, @yes, @yes, @yes, @no, @no, @time, @time, 'UTC', @places, @time, @properties)
            """;
        return command;
    }

    private static void Fill(DbCommand command, DeviceRow device, string reference)
    {
        Add("@id", device.Id.Value.ToByteArray());
        Add("@account", device.AccountId.Value.ToByteArray());
        Add("@no", false);
        Add("@yes", true);
        Add("@reference", reference);
        Add("@time", Instant.ToUnixMicroseconds(device.TimeCreated));
        Add("@places", device.Locations);
        Add("@properties", System.Text.Encoding.UTF8.GetBytes(Properties.ReplaceLineEndings("")));

        void Add(string name, object value)
        {
            if (!command.Parameters.Contains(name))
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }
            command.Parameters[name].Value = value;
        }
    }
}
