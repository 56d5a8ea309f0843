using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>Reads pages of devices without EF Core: it is the call made most often after submitting states.</summary>
internal sealed class DeviceList(Engine engine)
{
    private const string Columns = """
        d.id, d.reference_id, d.controlled, d.consent_information, d.consent_telemetry, d.consent_control,
        d.consent_geo_location, d.consents_created, d.consents_updated, d.timezone, d.lat, d.lng, d.locations,
        d.time_created, d.last_seen, d.properties
        """;

    /// <summary>Reads one page; the caller sends it or disposes of it.</summary>
    public async Task<DevicePage> ReadAsync(
        Caller caller, ListQuery query, string? reference, LocationId? location, CancellationToken cancel)
    {
        var sql = Sql(query, reference is not null, location is not null);
        var page = new DevicePage(caller, query);
        try
        {
            if (engine.Kind == EngineKind.Postgres)
            {
                await ReadPostgresAsync(page, sql, caller, query, reference, location, cancel);
            }
            else
            {
                ReadEmbedded(page, sql, caller, query, reference, location);
            }
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private async Task ReadPostgresAsync(
        DevicePage page, string sql, Caller caller, ListQuery query, string? reference, LocationId? location,
        CancellationToken cancel)
    {
        await using var command = engine.Postgres.CreateCommand(sql);
        Add(command, "account", caller.AccountId.Value.ToByteArray());
        Add(command, "live", caller.LiveMode);
        Add(command, "take", (long)query.Limit + 1);
        if ((query.After ?? query.Before) is { } cursor)
        {
            Add(command, "cursor", cursor.ToByteArray());
        }
        if (reference is not null)
        {
            Add(command, "reference", reference);
        }
        if (location is { } place)
        {
            Add(command, "location", place.Value.ToByteArray());
        }
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            AddRow(page, reader);
        }
    }

    private static void AddRow(DevicePage page, NpgsqlDataReader row)
    {
        page.Add(new DeviceFields
        {
            Id = new DeviceId(ObjectId.Read(row.GetFieldValue<byte[]>(0))),
            ReferenceId = row.IsDBNull(1) ? default : DeviceFields.Utf8(row.GetString(1)),
            Controlled = row.GetBoolean(2),
            ConsentInformation = row.GetBoolean(3),
            ConsentTelemetry = row.GetBoolean(4),
            ConsentControl = row.GetBoolean(5),
            ConsentGeoLocation = row.GetBoolean(6),
            ConsentsCreated = Instant.FromUnixMicroseconds(row.GetInt64(7)),
            ConsentsUpdated = Instant.FromUnixMicroseconds(row.GetInt64(8)),
            Timezone = row.IsDBNull(9) ? default : DeviceFields.Utf8(row.GetString(9)),
            Lat = row.IsDBNull(10) ? null : row.GetDouble(10),
            Lng = row.IsDBNull(11) ? null : row.GetDouble(11),
            Locations = row.GetFieldValue<byte[]>(12),
            TimeCreated = Instant.FromUnixMicroseconds(row.GetInt64(13)),
            LastSeen = row.IsDBNull(14) ? null : Instant.FromUnixMicroseconds(row.GetInt64(14)),
            Properties = row.GetFieldValue<byte[]>(15),
        });
    }

    // Column by column from the engine itself: a reader of ADO.NET costs more than SQLite does.
    private void ReadEmbedded(
        DevicePage page, string sql, Caller caller, ListQuery query, string? reference, LocationId? location)
    {
        using var reader = engine.Readers.Rent();
        var statement = reader.Prepare(sql);
        statement.Bind(statement.Position("@account"), caller.AccountId.Value);
        statement.Bind(statement.Position("@live"), caller.LiveMode ? 1 : 0);
        statement.Bind(statement.Position("@take"), query.Limit + 1);
        if ((query.After ?? query.Before) is { } cursor)
        {
            statement.Bind(statement.Position("@cursor"), cursor);
        }
        if (reference is not null)
        {
            statement.Bind(statement.Position("@reference"), reference);
        }
        if (location is { } place)
        {
            statement.Bind(statement.Position("@location"), place.Value);
        }
        while (statement.Step())
        {
            AddRow(page, statement);
        }
    }

    private static void AddRow(DevicePage page, SqliteStatement row)
    {
        page.Add(new DeviceFields
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
            LastSeen = row.IsNull(14) ? null : Instant.FromUnixMicroseconds(row.Int64(14)),
            Properties = row.Blob(15),
        });
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

    private static void Add<T>(NpgsqlCommand command, string name, T value) =>
        command.Parameters.Add(new NpgsqlParameter<T>(name, value));
}
