using System.Runtime.CompilerServices;
using System.Text.Json;
using Plateau.Client.Transport;
using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>States of devices.</summary>
public sealed class DeviceStatesClient
{
    private const string FleetPath = "device-states";

    // A batch this large is far on the flat part of the cost of a record, and far below the server's limits.
    private const int ImportBatch = 5_000;

    private readonly ApiConnection _connection;
    private readonly References _references = new();
    private readonly StateFollower _follower;

    internal DeviceStatesClient(ApiConnection connection, TimeProvider clock)
    {
        _connection = connection;
        _follower = new StateFollower(connection, clock);
    }

    /// <summary>
    /// Submits one state; when this returns, the record is durable. It is repeated where the way to the server fails,
    /// which never makes a second record: one without a reference is given one first, that of this client and a number.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="submission">The state.</param>
    /// <param name="cancel">Gives up; the record may have been kept all the same.</param>
    /// <exception cref="PlateauException">
    /// The record was refused; or, with a status of 500 or more or none, it is not known whether it was kept.
    /// </exception>
    public async Task<SubmittedDeviceState> SubmitAsync(
        DeviceId device, DeviceStateSubmission submission, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        var named = submission with { RecordReferenceId = submission.RecordReferenceId ?? _references.Next() };
        var request = new ApiRequest(HttpMethod.Put, PathOf(device), SafeToRepeat: true)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(named, ContractsJsonContext.Default.DeviceStateSubmission),
        };
        var answer = await _connection.SendAsync(request, ContractsJsonContext.Default.DeviceStateReceipt, cancel);
        return new SubmittedDeviceState(answer.Value, named.RecordReferenceId, answer.Replayed);
    }

    /// <summary>
    /// Submits up to 10 000 states of any devices at once. What the answer counts as accepted or replayed is durable;
    /// what is wrong is named there and keeps nothing else out. States without a reference are given one, as in
    /// <see cref="SubmitAsync"/>.
    /// </summary>
    /// <param name="states">The states, 1–10 000, in any order.</param>
    /// <param name="cancel">Gives up; some records may have been kept all the same.</param>
    /// <exception cref="PlateauException">
    /// The batch was refused as a whole; or, with a status of 500 or more or none, it is not known what was kept.
    /// Sending the same states with the same references again adds none twice.
    /// </exception>
    public async Task<DeviceStateBatch> SubmitBatchAsync(
        IReadOnlyList<DeviceStateBatchItem> states, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(states);
        var named = new DeviceStateBatchDraft { Data = [.. states.Select(Named)] };
        var request = new ApiRequest(HttpMethod.Post, FleetPath, SafeToRepeat: true)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(named, ContractsJsonContext.Default.DeviceStateBatchDraft),
        };
        return (await _connection.SendAsync(request, ContractsJsonContext.Default.DeviceStateBatch, cancel)).Value;
    }

    /// <summary>
    /// Submits any number of states, batch after batch of 5 000, and tells after each how far it is. The next states
    /// are asked for once the batch before is durable, so memory stays small. States with references of the sender's
    /// can be sent again from the beginning after an interruption, and none is kept twice.
    /// </summary>
    /// <param name="states">The states, in any order; oldest first of a device at a time is quickest.</param>
    /// <param name="cancel">Gives up; what was told of before is durable.</param>
    /// <returns>
    /// One element a batch: counts since the beginning, and the states of that batch which are not kept, numbered from
    /// 0 at the beginning of the import. The last element says <c>completed</c>.
    /// </returns>
    /// <exception cref="PlateauException">A batch failed as a whole; what was told of before is durable.</exception>
    public async IAsyncEnumerable<DeviceStateImportProgress> ImportAsync(
        IAsyncEnumerable<DeviceStateBatchItem> states, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(states);
        var sum = new DeviceStateImportProgress
        {
            Status = "progress", RecordsRead = 0, RecordsDurable = 0, RecordsAccepted = 0, RecordsReplayed = 0,
            RecordsFailed = 0, FailedRecords = [],
        };
        await foreach (var some in states.Chunk(ImportBatch).WithCancellation(cancel))
        {
            sum = Add(sum, await SubmitBatchAsync(some, cancel));
            yield return sum;
        }
        yield return sum with { Status = "completed", FailedRecords = [] };
    }

    /// <summary>Reads the latest state of a device, by time; null when it has none yet.</summary>
    /// <exception cref="PlateauException">
    /// There is no such device, or its owner has not agreed to telemetry.
    /// </exception>
    public async Task<DeviceState?> LatestAsync(DeviceId device, CancellationToken cancel = default)
    {
        try
        {
            return await _connection.GetAsync(PathOf(device), ContractsJsonContext.Default.DeviceState, cancel);
        }
        catch (PlateauException fault) when (fault.Code == ErrorCodes.DeviceStateNotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Walks the latest states of the fleet, newest device first, one for each device that has one and whose owner has
    /// agreed to telemetry.
    /// </summary>
    /// <param name="filter">Of which devices; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">A page could not be read.</exception>
    public IAsyncEnumerable<DeviceState> ListLatestAsync(
        DeviceFilter? filter = null, CancellationToken cancel = default) =>
        _connection.ListAsync(
            FleetPath, DevicesClient.Filters(filter), state => state.DeviceId,
            ContractsJsonContext.Default.ListPageDeviceState, cancel);

    /// <summary>Walks the states of a device, newest first by time; pages are read as the walk reaches them.</summary>
    /// <param name="device">The device.</param>
    /// <param name="range">Which states; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">
    /// There is no such device, or its owner has not agreed to telemetry; or a page could not be read.
    /// </exception>
    public IAsyncEnumerable<DeviceState> HistoryAsync(
        DeviceId device, HistoryFilter? range = null, CancellationToken cancel = default) =>
        _connection.ListAsync(
            $"devices/{device}/states", Filters(range), state => state.Id,
            ContractsJsonContext.Default.ListPageDeviceState, cancel);

    /// <summary>Reads one page of the states of a device, newest first by time.</summary>
    /// <param name="device">The device.</param>
    /// <param name="range">Which states; null for all.</param>
    /// <param name="page">Which page; null for the first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">As of <see cref="HistoryAsync"/>.</exception>
    public Task<ListPage<DeviceState>> HistoryPageAsync(
        DeviceId device, HistoryFilter? range = null, PageRequest<DeviceStateId>? page = null,
        CancellationToken cancel = default) =>
        _connection.ListPageAsync(
            $"devices/{device}/states", Filters(range), page, ContractsJsonContext.Default.ListPageDeviceState,
            cancel);

    /// <summary>Sums up the states of a device in buckets of its own time zone, oldest first.</summary>
    /// <param name="device">The device.</param>
    /// <param name="range">Which time, and how long the buckets are; at most 10 000 of them.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">
    /// There is no such device, or its owner has not agreed to telemetry; or the range has too many buckets.
    /// </exception>
    public Task<AggregateList<DeviceStateAggregate>> AggregatesAsync(
        DeviceId device, AggregateRange range, CancellationToken cancel = default) =>
        _connection.GetAsync(
            QueryText.Append($"devices/{device}/states/aggregates", Filters(range)),
            ContractsJsonContext.Default.AggregateListDeviceStateAggregate, cancel);

    /// <summary>Sums up the states of the fleet in buckets, oldest first.</summary>
    /// <param name="range">Which time, and how long the buckets are; at most 10 000 of them.</param>
    /// <param name="filter">Of which devices; null for all.</param>
    /// <param name="timezone">tz database name of the clock that buckets follow. Null: <c>UTC</c>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">The range has too many buckets, or there is no such time zone.</exception>
    public Task<AggregateList<FleetStateAggregate>> FleetAggregatesAsync(
        AggregateRange range, DeviceFilter? filter = null, string? timezone = null,
        CancellationToken cancel = default) =>
        _connection.GetAsync(
            QueryText.Append(
                $"{FleetPath}/aggregates",
                [.. Filters(range), .. DevicesClient.Filters(filter), ("timezone", timezone)]),
            ContractsJsonContext.Default.AggregateListFleetStateAggregate, cancel);

    /// <summary>
    /// Follows accepted states as they come, each at least once and those of a device in the order of acceptance, until
    /// <paramref name="cancel"/>. A stream that breaks is opened again where it was; where that is no longer possible,
    /// after about 15 minutes, a gap is told.
    /// </summary>
    /// <param name="device">Only this device's states; null for the fleet's.</param>
    /// <param name="lastEventId">The last event that was read earlier; null to begin now.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="PlateauException">It could not be opened, or not again.</exception>
    public IAsyncEnumerable<DeviceStateEvent> StreamAsync(
        DeviceId? device = null, string? lastEventId = null, CancellationToken cancel = default) =>
        _follower.FollowAsync(
            QueryText.Append($"{FleetPath}/stream", [("device_id", device?.ToString())]), lastEventId, cancel);

    /// <summary>Erases the states of a device in a range, in the background; what is accepted later stays.</summary>
    /// <param name="device">The device.</param>
    /// <param name="startTime">Start of the range, inclusive.</param>
    /// <param name="endTime">End of the range, exclusive.</param>
    /// <param name="cancel">Gives up; the erasure may have been ordered all the same.</param>
    /// <exception cref="PlateauException">There is no such device, or the range ends before it starts.</exception>
    public Task EraseAsync(
        DeviceId device, DateTimeOffset startTime, DateTimeOffset endTime, CancellationToken cancel = default) =>
        _connection.DeleteAsync(
            QueryText.Append(
                $"devices/{device}/states",
                [("start_time", Instant.Format(startTime)), ("end_time", Instant.Format(endTime))]),
            cancel);

    private static string PathOf(DeviceId device) => $"devices/{device}/state";

    private static (string Name, string? Value)[] Filters(HistoryFilter? range) =>
    [
        ("start_time", Text(range?.StartTime)), ("end_time", Text(range?.EndTime)),
        ("record_reference_id", range?.RecordReferenceId),
    ];

    private static (string Name, string? Value)[] Filters(AggregateRange range) =>
    [
        ("start_time", Text(range.StartTime)), ("end_time", Text(range.EndTime)), ("interval", range.Interval),
    ];

    private static string? Text(DateTimeOffset? time) => time is { } instant ? Instant.Format(instant) : null;

    private DeviceStateBatchItem Named(DeviceStateBatchItem state) =>
        state.RecordReferenceId is null ? state with { RecordReferenceId = _references.Next() } : state;

    private static DeviceStateImportProgress Add(DeviceStateImportProgress sum, DeviceStateBatch batch) => sum with
    {
        RecordsRead = sum.RecordsRead + batch.RecordsSubmitted,
        RecordsDurable = sum.RecordsDurable + batch.RecordsAccepted + batch.RecordsReplayed,
        RecordsAccepted = sum.RecordsAccepted + batch.RecordsAccepted,
        RecordsReplayed = sum.RecordsReplayed + batch.RecordsReplayed,
        RecordsFailed = sum.RecordsFailed + batch.FailedRecords.Count,
        FailedRecords =
            [.. batch.FailedRecords.Select(one => one with { RecordNum = sum.RecordsRead + one.RecordNum })],
    };
}

/// <summary>What became of a submission.</summary>
/// <param name="Receipt">The record's id and when it was accepted; for a repeated one, those of the first time.</param>
/// <param name="RecordReferenceId">The reference it was sent with: the caller's, or the one it was given.</param>
/// <param name="Replayed">
/// Whether an equal record with this reference was there already. It may stem from this very call, when an
/// earlier try of it arrived and its answer was lost.
/// </param>
public sealed record SubmittedDeviceState(DeviceStateReceipt Receipt, string RecordReferenceId, bool Replayed);

/// <summary>One event of a stream of states: a state, or a gap.</summary>
/// <param name="Id">Resumes the stream after this event; null of a gap.</param>
/// <param name="State">The accepted state; null of a gap.</param>
/// <param name="GapSince">
/// States accepted from this time on may be missing, UTC: the history tells them. Null of a state.
/// </param>
public sealed record DeviceStateEvent(string? Id, DeviceState? State, DateTimeOffset? GapSince);

/// <summary>Which states of a history to list. What is null does not filter.</summary>
public sealed record HistoryFilter
{
    /// <summary>States of this time and later.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>States before this time.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>States with exactly this reference, 1–255 characters.</summary>
    public string? RecordReferenceId { get; init; }
}

/// <summary>A time in buckets.</summary>
/// <param name="StartTime">Start, inclusive.</param>
/// <param name="EndTime">End, exclusive.</param>
/// <param name="Interval">
/// How long a bucket is: <c>PT5M</c>, <c>PT15M</c>, <c>PT30M</c>, <c>PT1H</c>, <c>P1D</c> or <c>P1M</c>.
/// </param>
public sealed record AggregateRange(DateTimeOffset StartTime, DateTimeOffset EndTime, string Interval);
