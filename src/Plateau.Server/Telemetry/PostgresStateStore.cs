using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Storage;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Records on PostgreSQL: a batch is one statement that checks the devices and keeps the records.</summary>
internal sealed class PostgresStateStore(Engine engine) : IStateStore
{
    private const long OweForMilliseconds = 60_000;

    private readonly LastSeenTracker _lastSeen = new();

    // Moments of devices that were being changed, milliseconds; the next batch writes them.
    private readonly Dictionary<DeviceId, long> _owed = [];

    public async Task<SubmissionOutcome[]> CommitAsync(IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        var outcomes = new SubmissionOutcome[batch.Count];
        for (var index = 0; index < batch.Count; index++)
        {
            outcomes[index] = new(SubmissionResult.Kept, batch[index].Record);
        }
        var stopped = await KeepAsync(batch, cancel);
        foreach (var (index, obstacle) in stopped)
        {
            outcomes[index] = obstacle == Obstacle.PlacesFull ? SubmissionResult.Postponed : ToResult(obstacle);
        }
        stopped.RemoveAll(one => one.Obstacle is Obstacle.NoDevice or Obstacle.NoLocation or Obstacle.NoConsent);
        try
        {
            await JudgeAsync(batch, stopped, outcomes, cancel);
        }
        catch (Exception exception) when (StorageFaults.IsUnavailable(exception) || cancel.IsCancellationRequested)
        {
            // What is decided is told; the rest comes again.
        }
        return outcomes;
    }

    // Keeps what can be kept, commits, and returns the rest.
    private async Task<List<(int Index, Obstacle Obstacle)>> KeepAsync(
        IReadOnlyList<PendingRecord> batch, CancellationToken cancel)
    {
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        if (_owed.Count == 0 && !batch.Any(pending => _lastSeen.IsDue(pending.Record)))
        {
            return await PostgresKeep.RunAsync(connection, batch, packed: null, cancel);
        }
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var stopped = await PostgresKeep.RunAsync(connection, batch, packed: null, cancel);
        var seen = new Dictionary<DeviceId, long>(_owed);
        var refused = stopped.Select(one => one.Index).ToHashSet();
        for (var index = 0; index < batch.Count; index++)
        {
            var record = batch[index].Record;
            if (_lastSeen.IsDue(record) && !refused.Contains(index))
            {
                var device = record.Key.DeviceId;
                seen[device] = Math.Max(record.CreatedUnixMilliseconds, seen.GetValueOrDefault(device));
            }
        }
        await CommitAsync(transaction, connection, seen, cancel);
        return stopped;
    }

    private async Task CommitAsync(
        NpgsqlTransaction transaction, NpgsqlConnection connection, Dictionary<DeviceId, long> seen,
        CancellationToken cancel)
    {
        var newest = seen.Values.DefaultIfEmpty().Max();
        var written = seen.Count > 0 ? await PostgresDeviceChanges.SetLastSeenAsync(connection, seen, cancel) : [];
        await transaction.CommitAsync(cancel);
        foreach (var device in written)
        {
            _lastSeen.Written(device, seen[device]);
            seen.Remove(device);
        }
        // What was not written is of a device that is being changed, or is gone: it is not tried for ever.
        _owed.Clear();
        foreach (var (device, moment) in seen)
        {
            if (moment > newest - OweForMilliseconds)
            {
                _owed[device] = moment;
            }
        }
    }

    // Compares records with what the store has under their keys, all in one query; what wants a look at chunks, or a
    // new place, goes the slower way.
    private async Task JudgeAsync(
        IReadOnlyList<PendingRecord> batch, List<(int Index, Obstacle Obstacle)> stopped, SubmissionOutcome[] outcomes,
        CancellationToken cancel)
    {
        var met = stopped.FindAll(one => one.Obstacle == Obstacle.KeyMet);
        if (met.Count > 0)
        {
            await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
            var stored = await FindRowsAsync(connection, met.ConvertAll(one => batch[one.Index].Record.Key), cancel);
            foreach (var (index, _) in met)
            {
                // A row that was in the way and is gone has been erased, or folded into a chunk, in between.
                outcomes[index] = Judge(batch[index], stored);
            }
        }
        int[] slow = [.. stopped.Where(one => one.Obstacle != Obstacle.KeyMet).Select(one => one.Index)];
        if (slow.Length > 0)
        {
            // Whether it was committed cannot be known when the word of it is lost.
            foreach (var index in slow)
            {
                outcomes[index] = SubmissionResult.StorageUnavailable;
            }
            var kept = await KeepSlowlyAsync([.. slow.Select(index => batch[index])], cancel);
            for (var number = 0; number < slow.Length; number++)
            {
                outcomes[slow[number]] = kept[number];
            }
        }
    }

    private static SubmissionOutcome Judge(PendingRecord pending, Dictionary<StateRecordKey, StateRecord> stored) =>
        stored.TryGetValue(pending.Record.Key, out var found)
            ? SubmissionRules.Judge(pending.Record, found, pending.MayBeKept)
            : SubmissionResult.Postponed;

    // Holds the devices, so that neither their chunks nor their places change, looks the records up in chunks and keeps
    // those that are new, with the places they bring, in one transaction. A device that another transaction holds comes
    // again, rather than make the records of all others wait.
    private async Task<SubmissionOutcome[]> KeepSlowlyAsync(
        IReadOnlyList<PendingRecord> records, CancellationToken cancel)
    {
        var outcomes = new SubmissionOutcome[records.Count];
        Array.Fill(outcomes, SubmissionResult.Postponed);
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var held = await PostgresDeviceChanges.HoldAsync(
            connection, records.Select(one => one.Record.Key.DeviceId).ToHashSet(), cancel);
        int[] numbers =
            [.. Enumerable.Range(0, records.Count).Where(number => held.Contains(records[number].Record.Key.DeviceId))];
        PendingRecord[] taken = [.. numbers.Select(number => records[number])];
        var results = await KeepHeldAsync(connection, taken, cancel);
        var seen = new Dictionary<DeviceId, long>(_owed);
        for (var index = 0; index < taken.Length; index++)
        {
            outcomes[numbers[index]] = results[index];
            if (results[index] is { Result: SubmissionResult.Kept, Stored: { } record })
            {
                var device = record.Key.DeviceId;
                seen[device] = Math.Max(record.CreatedUnixMilliseconds, seen.GetValueOrDefault(device));
            }
        }
        await CommitAsync(transaction, connection, seen, cancel);
        return outcomes;
    }

    private static async Task<SubmissionOutcome[]> KeepHeldAsync(
        NpgsqlConnection connection, PendingRecord[] records, CancellationToken cancel)
    {
        SubmissionOutcome[] outcomes =
            [.. records.Select(pending => new SubmissionOutcome(SubmissionResult.Kept, pending.Record))];
        var chunks = await PostgresChunks.LookUpAsync(
            connection, Array.ConvertAll(records, pending => pending.Record.Key), cancel);
        StateRecord?[] packed = Array.ConvertAll(records, pending => chunks.Find(pending.Record.Key));
        var stopped = await PostgresKeep.RunAsync(
            connection, records, Array.ConvertAll(packed, found => found is not null), cancel);
        var stored = await FindRowsAsync(
            connection,
            [.. stopped.Where(one => packed[one.Index] is null).Select(one => records[one.Index].Record.Key)], cancel);
        var atNewPlace = new Dictionary<DeviceId, int>();
        foreach (var (index, obstacle) in stopped)
        {
            var pending = records[index];
            var known = packed[index] ?? stored.GetValueOrDefault(pending.Record.Key);
            // A repeat or a conflict changes nothing, so it adds no place either.
            var isJudged = obstacle is Obstacle.KeyMet or Obstacle.PlaceNew or Obstacle.PlacesFull;
            outcomes[index] = isJudged && known is not null
                ? SubmissionRules.Judge(pending.Record, known, pending.MayBeKept)
                : ToResult(obstacle);
            if (known is null && obstacle == Obstacle.PlaceNew)
            {
                // One new place of a device at a time: what else comes of it is tried again.
                atNewPlace.TryAdd(pending.Record.Key.DeviceId, index);
            }
        }
        if (atNewPlace.Count > 0)
        {
            await AddPlacesAsync(connection, records, [.. atNewPlace.Values], outcomes, cancel);
        }
        return outcomes;
    }

    private static async Task AddPlacesAsync(
        NpgsqlConnection connection, PendingRecord[] records, int[] atNewPlace, SubmissionOutcome[] outcomes,
        CancellationToken cancel)
    {
        var added = await PostgresDeviceChanges.AddPlacesAsync(
            connection,
            [
                .. atNewPlace.Select(index =>
                    (records[index].Caller, records[index].Record.Key.DeviceId, records[index].Record.LocationId)),
            ], cancel);
        int[] placed = [.. added.Select(number => atNewPlace[number])];
        var stopped = await PostgresKeep.RunAsync(
            connection, [.. placed.Select(index => records[index])], new bool[placed.Length], cancel);
        foreach (var index in placed)
        {
            outcomes[index] = new(SubmissionResult.Kept, records[index].Record);
        }
        foreach (var (number, obstacle) in stopped)
        {
            outcomes[placed[number]] = ToResult(obstacle);
        }
    }

    private static async Task<Dictionary<StateRecordKey, StateRecord>> FindRowsAsync(
        NpgsqlConnection connection, IReadOnlyList<StateRecordKey> keys, CancellationToken cancel)
    {
        var stored = new Dictionary<StateRecordKey, StateRecord>();
        if (keys.Count == 0)
        {
            return stored;
        }
        await using var command = new NpgsqlCommand($"""
            select {RecordColumns.All}, device_id from device_states
            where (device_id, time, tail) in (select * from unnest(@device, @time, @tail))
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<byte[][]>(
            "device", [.. keys.Select(key => key.DeviceId.Value.ToByteArray())]));
        command.Parameters.Add(new NpgsqlParameter<long[]>("time", [.. keys.Select(key => key.UnixMicroseconds)]));
        command.Parameters.Add(new NpgsqlParameter<long[]>("tail", [.. keys.Select(key => key.SortableTail)]));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var record = PostgresStateReader.ReadRecord(
                reader, new DeviceId(ObjectId.Read(reader.GetFieldValue<byte[]>(10))));
            stored[record.Key] = record;
        }
        return stored;
    }

    // What an obstacle means as it stands; the others want a look at the store, now or at the next try.
    private static SubmissionResult ToResult(Obstacle obstacle) => obstacle switch
    {
        Obstacle.NoDevice => SubmissionResult.DeviceNotFound,
        Obstacle.NoLocation => SubmissionResult.LocationNotFound,
        Obstacle.NoConsent => SubmissionResult.ConsentMissing,
        Obstacle.PlacesFull => SubmissionResult.LocationsFull,
        _ => SubmissionResult.Postponed,
    };
}
