using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Devices;

/// <summary>
/// Pages of devices on PostgreSQL. It finds the ids and versions of a page, and reads whole only the devices that this
/// process does not know in that version.
/// </summary>
internal static class PostgresDeviceList
{
    private const string ReadSql = """
        select id, version, reference_id, controlled, consent_information, consent_telemetry, consent_control,
            consent_geo_location, consents_created, consents_updated, timezone, lat, lng, locations, time_created,
            properties
        from devices where id = any(@ids)
        """;

    // Below and above every id.
    private static readonly byte[] First = [];
    private static readonly byte[] Last = [.. Enumerable.Repeat(byte.MaxValue, ObjectId.Size + 1)];

    /// <summary>Reads one page.</summary>
    public static async Task<DevicePage> ReadAsync(
        NpgsqlDataSource store, ListedDevices listed, DeviceQuery query, CancellationToken cancel)
    {
        while (true)
        {
            var found = await FindAsync(store, query, cancel);
            var hasMore = found.Count > query.Page.Limit;
            if (hasMore)
            {
                found.RemoveAt(query.Page.Limit);
            }
            var devices = found.ConvertAll(device => listed.Find(device.Id, device.Version));
            await ReadUnknownAsync(store, listed, query.Caller, found, devices, cancel);
            // Where a device was deleted between the two reads the page is another one. Each turn takes one more
            // deletion within it.
            if (!devices.Contains(null))
            {
                return ToPage(query, found, devices, hasMore);
            }
        }
    }

    private static async ValueTask ReadUnknownAsync(
        NpgsqlDataSource store, ListedDevices listed, Caller caller, List<FoundDevice> found,
        List<ListedDevice?> devices, CancellationToken cancel)
    {
        var unknown = new List<DeviceId>();
        for (var index = 0; index < found.Count; index++)
        {
            if (devices[index] is null)
            {
                unknown.Add(found[index].Id);
            }
        }
        if (unknown.Count == 0)
        {
            return;
        }
        var read = (await ReadWholeAsync(store, caller, unknown, cancel)).ToDictionary(device => device.Id);
        for (var index = 0; index < found.Count; index++)
        {
            if (read.TryGetValue(found[index].Id, out var device))
            {
                listed.Keep(device);
                devices[index] = device;
            }
        }
    }

    private static DevicePage ToPage(
        DeviceQuery query, List<FoundDevice> found, List<ListedDevice?> devices, bool hasMore)
    {
        var page = new DevicePage(query) { HasMore = hasMore };
        foreach (var ((_, _, lastSeen), device) in found.Zip(devices))
        {
            page.Add(device!, lastSeen); // none is missing
        }
        return page;
    }

    // The devices of a page in the order of its walk, and one more where the list goes on.
    private static async Task<List<FoundDevice>> FindAsync(
        NpgsqlDataSource store, DeviceQuery query, CancellationToken cancel)
    {
        await using var command = store.CreateCommand(FindSql(query));
        Add(command, "account", query.Caller.AccountId.Value.ToByteArray());
        Add(command, "live", query.Caller.LiveMode);
        Add(command, "from", query.Page.Before?.ToByteArray() ?? First);
        Add(command, "to", query.Page.After?.ToByteArray() ?? Last);
        if (query.ReferenceId is { } reference)
        {
            Add(command, "reference", reference);
        }
        if (query.LocationId is { } location)
        {
            Add(command, "location", location.Value.ToByteArray());
        }
        AddTraits(command, query);
        var found = new List<FoundDevice>(query.Page.Limit + 1);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            found.Add(new FoundDevice(ReadId(row), row.GetInt64(1), ReadTime(row, 2)));
        }
        return found;
    }

    // Reads devices whole, in no order; one that is there no more is left out.
    private static async Task<List<ListedDevice>> ReadWholeAsync(
        NpgsqlDataSource store, Caller caller, List<DeviceId> ids, CancellationToken cancel)
    {
        await using var command = store.CreateCommand(ReadSql);
        Add(command, "ids", ids.ConvertAll(id => id.Value.ToByteArray()));
        var devices = new List<ListedDevice>(ids.Count);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            devices.Add(DeviceJson.ToListed(caller, row.GetInt64(1), new DeviceFields
            {
                Id = ReadId(row),
                ReferenceId = row.IsDBNull(2) ? default : DeviceFields.Utf8(row.GetString(2)),
                Controlled = row.GetBoolean(3),
                ConsentInformation = row.GetBoolean(4),
                ConsentTelemetry = row.GetBoolean(5),
                ConsentControl = row.GetBoolean(6),
                ConsentGeoLocation = row.GetBoolean(7),
                ConsentsCreated = Instant.FromUnixMicroseconds(row.GetInt64(8)),
                ConsentsUpdated = Instant.FromUnixMicroseconds(row.GetInt64(9)),
                Timezone = row.IsDBNull(10) ? default : DeviceFields.Utf8(row.GetString(10)),
                Lat = row.IsDBNull(11) ? null : row.GetDouble(11),
                Lng = row.IsDBNull(12) ? null : row.GetDouble(12),
                Locations = row.GetFieldValue<byte[]>(13),
                TimeCreated = Instant.FromUnixMicroseconds(row.GetInt64(14)),
                Properties = row.GetFieldValue<byte[]>(15),
            }));
        }
        return devices;
    }

    // Two things keep PostgreSQL to one short walk along an index, with a plan it does not make anew for every page:
    // the limit is in the text, and a page of all devices is a range of the whole key, so that the primary key, along
    // which other accounts' devices lie between, does not offer the same order.
    private static string FindSql(DeviceQuery query)
    {
        var direction = query.Page.Backwards ? "asc" : "desc";
        var traits = Traits(query.Traits);
        return query switch
        {
            { LocationId: not null } => $"""
                select d.id, d.version, d.last_seen
                from device_locations l join devices d on d.id = l.device_id
                where l.location_id = @location and l.device_id > @from and l.device_id < @to
                    and d.account_id = @account and d.live_mode = @live
                    {(query.ReferenceId is null ? "" : "and d.reference_id = @reference")}
                    {traits}
                order by l.device_id {direction}
                limit {query.Page.Limit + 1}
                """,
            { ReferenceId: not null } => $"""
                select d.id, d.version, d.last_seen
                from devices d
                where (d.account_id, d.live_mode, d.reference_id, d.id) > (@account, @live, @reference, @from)
                    and (d.account_id, d.live_mode, d.reference_id, d.id) < (@account, @live, @reference, @to)
                    {traits}
                order by d.account_id {direction}, d.live_mode {direction}, d.reference_id {direction}, d.id {direction}
                limit {query.Page.Limit + 1}
                """,
            _ => $"""
                select d.id, d.version, d.last_seen
                from devices d
                where (d.account_id, d.live_mode, d.id) > (@account, @live, @from)
                    and (d.account_id, d.live_mode, d.id) < (@account, @live, @to)
                    {traits}
                order by d.account_id {direction}, d.live_mode {direction}, d.id {direction}
                limit {query.Page.Limit + 1}
                """,
        };
    }

    // Looked at in the rows of the walk: that is fast enough for a hundred thousand devices of which none is meant, and
    // an index of last_seen would be written with the records.
    private static string Traits(DeviceTraits traits) => traits == DeviceTraits.Any ? "" : $"""
        {(traits.Kind is null ? "" : "and d.consent_information and d.kinds & @kind <> 0")}
        {traits.Activity switch
        {
            DeviceActivity.Fresh => "and d.consent_telemetry and d.last_seen >= @fresh",
            DeviceActivity.Silent => "and d.consent_telemetry and d.last_seen < @fresh",
            DeviceActivity.NeverSeen => "and d.consent_telemetry and d.last_seen is null",
            _ => "",
        }}
        {(traits.ReferencePrefix is null ? "" : "and starts_with(d.reference_id, @prefix)")}
        """;

    private static void AddTraits(NpgsqlCommand command, DeviceQuery query)
    {
        if (query.Traits.Kind is { } kind)
        {
            Add(command, "kind", (short)DeviceParts.Of(kind));
        }
        if (query.Traits.Activity is DeviceActivity.Fresh or DeviceActivity.Silent)
        {
            Add(command, "fresh", Instant.ToUnixMicroseconds(query.FreshSince));
        }
        if (query.Traits.ReferencePrefix is { } prefix)
        {
            Add(command, "prefix", prefix);
        }
    }

    private static DeviceId ReadId(NpgsqlDataReader row) =>
        new(ObjectId.Read(row.GetFieldValue<byte[]>(0)));

    private static DateTimeOffset? ReadTime(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : Instant.FromUnixMicroseconds(row.GetInt64(column));

    private static void Add<T>(NpgsqlCommand command, string name, T value) =>
        command.Parameters.Add(new NpgsqlParameter<T>(name, value));

    // A device on a page, before it is known what it looks like.
    private readonly record struct FoundDevice(DeviceId Id, long Version, DateTimeOffset? LastSeen);
}
