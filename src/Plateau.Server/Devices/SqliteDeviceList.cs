using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>
/// The two reads of a page of devices on the embedded engine, column by column from the engine itself: a reader of
/// ADO.NET costs more than SQLite does.
/// </summary>
internal static class SqliteDeviceList
{
    private const string ReadSql = """
        select version, reference_id, controlled, consent_information, consent_telemetry, consent_control,
            consent_geo_location, consents_created, consents_updated, timezone, lat, lng, locations, time_created,
            properties
        from devices where id = ?1
        """;

    /// <summary>The devices of a page in the order of its walk, and one more where the list goes on.</summary>
    public static List<FoundDevice> Find(SqliteReaders readers, DeviceQuery query)
    {
        using var reader = readers.Rent();
        var row = reader.Prepare(FindSql(query));
        row.Bind(row.Position("@account"), query.Caller.AccountId.Value);
        row.Bind(row.Position("@live"), query.Caller.LiveMode ? 1 : 0);
        row.Bind(row.Position("@take"), query.Page.Limit + 1);
        if ((query.Page.After ?? query.Page.Before) is { } cursor)
        {
            row.Bind(row.Position("@cursor"), cursor);
        }
        if (query.ReferenceId is { } reference)
        {
            row.Bind(row.Position("@reference"), reference);
        }
        if (query.LocationId is { } location)
        {
            row.Bind(row.Position("@location"), location.Value);
        }
        var found = new List<FoundDevice>(query.Page.Limit + 1);
        while (row.Step())
        {
            found.Add(new FoundDevice(
                new DeviceId(ObjectId.Read(row.Blob(0))), row.Int64(1),
                row.IsNull(2) ? null : Instant.FromUnixMicroseconds(row.Int64(2))));
        }
        return found;
    }

    /// <summary>Reads devices whole, in no order; one that is there no more is left out.</summary>
    /// <param name="readers">The store.</param>
    /// <param name="caller">Who has them.</param>
    /// <param name="ids">Devices found for this caller.</param>
    public static List<ListedDevice> Read(SqliteReaders readers, Caller caller, List<DeviceId> ids)
    {
        var devices = new List<ListedDevice>(ids.Count);
        using var reader = readers.Rent();
        var row = reader.Prepare(ReadSql);
        foreach (var id in ids)
        {
            row.Bind(1, id.Value);
            while (row.Step())
            {
                devices.Add(DeviceJson.ToListed(caller, row.Int64(0), new DeviceFields
                {
                    Id = id,
                    ReferenceId = row.Blob(1),
                    Controlled = row.Int64(2) != 0,
                    ConsentInformation = row.Int64(3) != 0,
                    ConsentTelemetry = row.Int64(4) != 0,
                    ConsentControl = row.Int64(5) != 0,
                    ConsentGeoLocation = row.Int64(6) != 0,
                    ConsentsCreated = Instant.FromUnixMicroseconds(row.Int64(7)),
                    ConsentsUpdated = Instant.FromUnixMicroseconds(row.Int64(8)),
                    Timezone = row.Blob(9),
                    Lat = row.DoubleOrNull(10),
                    Lng = row.DoubleOrNull(11),
                    Locations = row.Blob(12),
                    TimeCreated = Instant.FromUnixMicroseconds(row.Int64(13)),
                    Properties = row.Blob(14),
                }));
            }
        }
        return devices;
    }

    // The id is the order, so every page is one short walk along an index, however deep.
    private static string FindSql(DeviceQuery query)
    {
        var id = query.LocationId is null ? "d.id" : "l.device_id";
        var from = query.LocationId is null
            ? "devices d"
            : "device_locations l join devices d on d.id = l.device_id and l.location_id = @location";
        var cursor = query.Page switch
        {
            { After: not null } => $"and {id} < @cursor",
            { Before: not null } => $"and {id} > @cursor",
            _ => "",
        };
        return $"""
            select d.id, d.version, d.last_seen
            from {from}
            where d.account_id = @account and d.live_mode = @live
                {(query.ReferenceId is null ? "" : "and d.reference_id = @reference")}
                {cursor}
            order by {id} {(query.Page.Backwards ? "asc" : "desc")}
            limit @take
            """;
    }
}
