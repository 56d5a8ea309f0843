using System.Data.Common;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>Reads pages of devices with plain ADO.NET: it is the call made most often after submitting states.</summary>
internal sealed class DeviceList(Engine engine)
{
    private const string Columns = """
        d.id, d.reference_id, d.controlled, d.consent_information, d.consent_telemetry, d.consent_control,
        d.consent_geo_location, d.consents_created, d.consents_updated, d.timezone, d.lat, d.lng, d.locations,
        d.time_created, d.last_seen, d.properties
        """;

    /// <summary>Reads one page, newest first, and one device more where there is one.</summary>
    public async Task<(List<DeviceRow> Devices, bool HasMore)> ReadAsync(
        Caller caller, ListQuery page, string? reference, LocationId? location, CancellationToken cancel)
    {
        await using var connection = await engine.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = Sql(page, reference is not null, location is not null);
        Add(command, "@account", caller.AccountId.Value.ToByteArray());
        Add(command, "@live", caller.LiveMode);
        Add(command, "@take", (long)page.Limit + 1);
        AddIfGiven(command, "@cursor", (page.After ?? page.Before)?.ToByteArray());
        AddIfGiven(command, "@reference", reference);
        AddIfGiven(command, "@location", location?.Value.ToByteArray());
        var devices = new List<DeviceRow>(page.Limit + 1);
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                devices.Add(ReadRow(reader, caller));
            }
        }
        var hasMore = devices.Count > page.Limit;
        if (hasMore)
        {
            devices.RemoveAt(page.Limit);
        }
        if (page.Backwards)
        {
            devices.Reverse();
        }
        return (devices, hasMore);
    }

    // The id is the order, so every page is one short walk along an index, however deep.
    private static string Sql(ListQuery page, bool byReference, bool byLocation)
    {
        var id = byLocation ? "l.device_id" : "d.id";
        var from = byLocation
            ? "device_locations l join devices d on d.id = l.device_id and l.location_id = @location"
            : "devices d";
        var cursor = (page.After, page.Before) switch
        {
            ({ }, _) => $"and {id} < @cursor",
            (_, { }) => $"and {id} > @cursor",
            _ => "",
        };
        return $"""
            select {Columns}
            from {from}
            where d.account_id = @account and d.live_mode = @live
            {(byReference ? "and d.reference_id = @reference" : "")}
            {cursor}
            order by {id} {(page.Backwards ? "asc" : "desc")}
            limit @take
            """;
    }

    private static DeviceRow ReadRow(DbDataReader row, Caller caller) => new()
    {
        Id = new DeviceId(ObjectId.Read(row.GetFieldValue<byte[]>(0))),
        AccountId = caller.AccountId,
        LiveMode = caller.LiveMode,
        ReferenceId = row.IsDBNull(1) ? null : row.GetString(1),
        Controlled = row.GetBoolean(2),
        ConsentInformation = row.GetBoolean(3),
        ConsentTelemetry = row.GetBoolean(4),
        ConsentControl = row.GetBoolean(5),
        ConsentGeoLocation = row.GetBoolean(6),
        ConsentsCreated = Instant.FromUnixMicroseconds(row.GetInt64(7)),
        ConsentsUpdated = Instant.FromUnixMicroseconds(row.GetInt64(8)),
        Timezone = row.IsDBNull(9) ? null : row.GetString(9),
        Lat = row.IsDBNull(10) ? null : row.GetDouble(10),
        Lng = row.IsDBNull(11) ? null : row.GetDouble(11),
        Locations = row.GetFieldValue<byte[]>(12),
        TimeCreated = Instant.FromUnixMicroseconds(row.GetInt64(13)),
        LastSeen = row.IsDBNull(14) ? null : Instant.FromUnixMicroseconds(row.GetInt64(14)),
        Properties = row.GetFieldValue<byte[]>(15),
    };

    private static void AddIfGiven(DbCommand command, string name, object? value)
    {
        if (value is not null)
        {
            Add(command, name, value);
        }
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
