using Plateau.Contracts;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// One import: reads a piece while the piece before it is kept, and tells how far it is. Its memory is that of two
/// pieces.
/// </summary>
/// <param name="input">The lines.</param>
/// <param name="items">Reads their records.</param>
/// <param name="intake">Keeps the records.</param>
/// <param name="clock">The time.</param>
/// <param name="tell">Takes the lines of the answer.</param>
/// <param name="stopping">The process stops: what has come is kept, and nothing more is waited for.</param>
internal sealed class StateImportRun(
    NdjsonReader input, StateItemReader items, BulkIntake intake, TimeProvider clock,
    Func<DeviceStateImportProgress, CancellationToken, Task> tell, CancellationToken stopping)
{
    private const int MaxNamed = 100;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    private static readonly ApiError StorageAway = ApiError.StorageUnavailable(
        "The store cannot take more now. Send the import again; records with references are not kept twice.");

    private readonly List<FailedRecord> _named = [];
    private long _read;
    private long _accepted;
    private long _replayed;
    private long _failed;
    private long _told;

    /// <summary>Reads to the end and tells the sum; what the store refuses as a whole ends it before.</summary>
    /// <param name="toWire">Makes the error that the last line tells.</param>
    /// <param name="cancel">The caller has gone.</param>
    public async Task RunAsync(Func<ApiError, ErrorObject> toWire, CancellationToken cancel)
    {
        _told = clock.GetTimestamp();
        ApiError? error = null;
        try
        {
            await RunAsync(cancel);
        }
        // A sender that broke off reads no last line.
        catch (Exception exception) when (exception is not IOException && !cancel.IsCancellationRequested)
        {
            error = exception switch
            {
                StorageAwayException => StorageAway,
                TimeoutException => new(ErrorCodes.RequestTimeout, "Nothing came for five minutes."),
                _ when StorageFaults.IsUnavailable(exception) => StorageAway,
                OperationCanceledException => ApiError.StorageUnavailable(
                    "The process stops. Send the import again; records with references are not kept twice."),
                InvalidDataException => ApiError.BadInput(
                    "$", ErrorCodes.JsonInvalid, "The body is not well-formed gzip."),
                _ => throw new InvalidOperationException("An import failed.", exception),
            };
        }
        await TellAsync(error is null ? "completed" : "failed", error is null ? null : toWire(error), cancel);
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        var keeping = Task.CompletedTask;
        var coming = input.WaitAsync(stopping);
        try
        {
            while (true)
            {
                (var piece, coming) = await ReadAsync(coming);
                await keeping;
                if (clock.GetElapsedTime(_told) >= TellEvery)
                {
                    await TellAsync("progress", null, cancel);
                }
                keeping = KeepAsync(piece, cancel);
                if (coming is null)
                {
                    await keeping;
                    return;
                }
            }
        }
        finally
        {
            // Nobody may still count when the sum is told.
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Reads until a piece is full, or a while after its first line. What is still to come is waited for by the task it
    // returns, null at the end.
    private async Task<(Piece Piece, Task? Coming)> ReadAsync(Task coming)
    {
        var piece = new Piece();
        await coming.WaitAsync(LongestSilence, clock, stopping);
        var first = clock.GetTimestamp();
        while (input.Take((line, isTooLong) => Take(piece, line, isTooLong)))
        {
            coming = input.WaitAsync(stopping);
            var left = GatherFor - clock.GetElapsedTime(first);
            if (piece.Count >= BulkIntake.RecordsAtOnce || left <= TimeSpan.Zero)
            {
                return (piece, coming);
            }
            if (!coming.IsCompleted && await Task.WhenAny(coming, Task.Delay(left, clock, stopping)) != coming)
            {
                return (piece, coming);
            }
            await coming;
        }
        return (piece, null);
    }

    private bool Take(Piece piece, ReadOnlySpan<byte> line, bool isTooLong)
    {
        var number = _read++;
        if (isTooLong)
        {
            piece.Failed.Add(new()
            {
                RecordNum = number,
                Code = ErrorCodes.JsonInvalid,
                Message = $"The line is longer than the {RequestBody.MaxBytes} bytes a record may have.",
            });
        }
        else if (items.Read(line, number, out var failure) is { } pending)
        {
            piece.Records.Add(pending);
            piece.Numbers.Add(number);
        }
        else if (failure is not null)
        {
            piece.Failed.Add(failure);
        }
        return piece.Count < BulkIntake.RecordsAtOnce;
    }

    private async Task KeepAsync(Piece piece, CancellationToken cancel)
    {
        var outcomes = await intake.KeepAsync(piece.Records, cancel);
        for (var index = 0; index < outcomes.Length; index++)
        {
            switch (outcomes[index].Result)
            {
                case SubmissionResult.Kept:
                    _accepted++;
                    break;
                case SubmissionResult.Repeated:
                    _replayed++;
                    break;
                case SubmissionResult.StorageUnavailable:
                    throw new StorageAwayException();
                default:
                    piece.Failed.Add(
                        StateItemReader.ToFailure(piece.Records[index], piece.Numbers[index], outcomes[index]));
                    break;
            }
        }
        _failed += piece.Failed.Count;
        piece.Failed.Sort((one, other) => one.RecordNum.CompareTo(other.RecordNum));
        _named.AddRange(piece.Failed.Take(MaxNamed - _named.Count));
    }

    private async Task TellAsync(string status, ErrorObject? error, CancellationToken cancel)
    {
        await tell(
            new DeviceStateImportProgress
            {
                Status = status,
                RecordsRead = _read,
                RecordsDurable = _accepted + _replayed,
                RecordsAccepted = _accepted,
                RecordsReplayed = _replayed,
                RecordsFailed = _failed,
                FailedRecords = [.. _named],
                Error = error,
            }, cancel);
        _named.Clear();
        _told = clock.GetTimestamp();
    }

    /// <summary>Lines read together.</summary>
    private sealed class Piece
    {
        public List<PendingRecord> Records { get; } = [];
        public List<long> Numbers { get; } = [];
        public List<FailedRecord> Failed { get; } = [];
        public int Count => Records.Count + Failed.Count;
    }

    /// <summary>The store did not come back in time.</summary>
    private sealed class StorageAwayException() : Exception("The store is away.");
}
