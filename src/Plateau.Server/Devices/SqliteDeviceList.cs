using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>
/// Pages of devices on the embedded engine, column by column from the engine itself: a reader of ADO.NET costs more
/// than SQLite does, and remembering devices would cost more than reading them.
/// </summary>
internal static class SqliteDeviceList
{
    private const string Columns = """
        d.id, d.reference_id, d.controlled, d.consent_information, d.consent_telemetry, d.consent_control,
        d.consent_geo_location, d.consents_created, d.consents_updated, d.timezone, d.lat, d.lng, d.locations,
        d.time_created, d.last_seen, d.properties
        """;

    /// <summary>Reads one page.</summary>
    public static async Task<DevicePage> ReadAsync(
        SqliteReaders readers, DeviceQuery query, CancellationToken cancel)
    {
        using var reader = await readers.RentAsync(cancel);
        var row = Prepare(reader, query);
        var page = new DevicePage(query);
        try
        {
            while (row.Step())
            {
                if (page.IsFull)
                {
                    page.HasMore = true;
                    break;
                }
                Add(page, row);
            }
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private static SqliteStatement Prepare(SqliteReader reader, DeviceQuery query)
    {
        var statement = reader.Prepare(Sql(query));
        statement.Bind(statement.Position("@account"), query.Caller.AccountId.Value);
        statement.Bind(statement.Position("@live"), query.Caller.LiveMode ? 1 : 0);
        statement.Bind(statement.Position("@take"), query.Page.Limit + 1);
        if ((query.Page.After ?? query.Page.Before) is { } cursor)
        {
            statement.Bind(statement.Position("@cursor"), cursor);
        }
        if (query.ReferenceId is { } reference)
        {
            statement.Bind(statement.Position("@reference"), reference);
        }
        if (query.LocationId is { } location)
        {
            statement.Bind(statement.Position("@location"), location.Value);
        }
        if (query.Traits.Kind is { } kind)
        {
            statement.Bind(statement.Position("@kind"), (long)DeviceParts.Of(kind));
        }
        if (query.Traits.Activity is DeviceActivity.Fresh or DeviceActivity.Silent)
        {
            statement.Bind(statement.Position("@fresh"), Instant.ToUnixMicroseconds(query.FreshSince));
        }
        if (query.Traits.ReferencePrefix is { } prefix)
        {
            statement.Bind(statement.Position("@prefix"), prefix);
        }
        return statement;
    }

    private static void Add(DevicePage page, SqliteStatement row)
    {
        var device = new DeviceFields
        {
            Id = new DeviceId(ObjectId.Read(row.Blob(0))),
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
            Properties = row.Blob(15),
        };
        page.Add(device, row.IsNull(14) ? null : Instant.FromUnixMicroseconds(row.Int64(14)));
    }

    // Looked at in the rows of the walk: that is fast enough for a hundred thousand devices of which none is meant, and
    // an index of last_seen would be written with the records.
    private static string Traits(DeviceTraits traits) => traits == DeviceTraits.Any ? "" : $"""
        {(traits.Kind is null ? "" : "and d.consent_information and d.kinds & @kind")}
        {traits.Activity switch
        {
            DeviceActivity.Fresh => "and d.consent_telemetry and d.last_seen >= @fresh",
            DeviceActivity.Silent => "and d.consent_telemetry and d.last_seen < @fresh",
            DeviceActivity.NeverSeen => "and d.consent_telemetry and d.last_seen is null",
            _ => "",
        }}
        {(traits.ReferencePrefix is null ? "" : "and substr(d.reference_id, 1, length(@prefix)) = @prefix")}
        """;

    // The id is the order, so every page is one short walk along an index, however deep.
    private static string Sql(DeviceQuery query)
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
            select {Columns}
            from {from}
            where d.account_id = @account and d.live_mode = @live
                {(query.ReferenceId is null ? "" : "and d.reference_id = @reference")}
                {Traits(query.Traits)}
                {cursor}
            order by {id} {(query.Page.Backwards ? "asc" : "desc")}
            limit @take
            """;
    }
}
