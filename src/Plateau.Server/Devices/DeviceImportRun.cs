using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>
/// One import: what has come is one group, and what comes while it is written is the next. So groups are small while
/// lines come slowly, and each is answered at once; and the memory is that of one group.
/// </summary>
/// <param name="caller">Whose devices.</param>
/// <param name="input">The lines.</param>
/// <param name="answer">Takes the answers.</param>
/// <param name="group">Creates the devices of a group.</param>
/// <param name="ids">Makes their ids.</param>
/// <param name="clock">The time.</param>
/// <param name="stopping">The process stops: what has come is finished, and nothing more is waited for.</param>
internal sealed class DeviceImportRun(
    Caller caller, NdjsonReader input, NdjsonWriter answer, DeviceImportGroup group, RegistryIds ids,
    TimeProvider clock, CancellationToken stopping)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);

    private long _read;
    private long _created;

    /// <summary>Imports to the end.</summary>
    /// <param name="cancel">The caller has gone.</param>
    /// <returns>Why it ended before; null when it did not.</returns>
    public async Task<ApiError?> RunAsync(CancellationToken cancel)
    {
        try
        {
            var hasMore = true;
            while (hasMore)
            {
                await input.WaitAsync(stopping).WaitAsync(LongestSilence, clock, stopping);
                var items = new List<DeviceImportItem>();
                hasMore = input.Take((line, isTooLong) =>
                {
                    items.Add(Read(line, isTooLong));
                    return items.Count < DeviceImportGroup.MaxLines;
                });
                await group.CreateAsync(caller, items, cancel);
                await AnswerAsync(items, cancel);
            }
            return null;
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested && ToError(exception) is not null)
        {
            return ToError(exception);
        }
    }

    /// <summary>Writes the last line.</summary>
    /// <param name="error">Why the import ended before its end; null when it did not.</param>
    /// <param name="cancel">The caller has gone.</param>
    public Task SumUpAsync(ErrorObject? error, CancellationToken cancel) => answer.WriteAsync(
        new DeviceImportSummary
        {
            Status = error is null ? "completed" : "failed",
            LinesRead = _read,
            DevicesCreated = _created,
            LinesFailed = _read - _created,
            Error = error,
        },
        WireJson.Context.DeviceImportSummary, cancel);

    private DeviceImportItem Read(ReadOnlySpan<byte> line, bool isTooLong)
    {
        if (isTooLong)
        {
            return new(input.LineNumber)
            {
                Error = ApiError.BadInput(
                    BodySchema.Root, ErrorCodes.JsonInvalid,
                    $"The line is longer than the {RequestBody.MaxBytes} bytes a device may have."),
            };
        }
        var body = RequestBody.Parse(DeviceBody.Schema, line);
        return new(input.LineNumber) { Draft = body.Value, Id = ids.Next<DeviceId>(), Error = body.Error };
    }

    private async Task AnswerAsync(List<DeviceImportItem> items, CancellationToken cancel)
    {
        foreach (var item in items)
        {
            answer.Write(item.ToWire(), WireJson.Context.DeviceImportLine);
        }
        _read += items.Count;
        _created += items.Count(item => item.Error is null);
        if (items.Count > 0)
        {
            await answer.FlushAsync(cancel);
        }
    }

    private static ApiError? ToError(Exception exception) => exception switch
    {
        InvalidDataException => ApiError.BadInput(
            BodySchema.Root, ErrorCodes.JsonInvalid, "The body is not well-formed gzip, or was cut off."),
        OperationCanceledException => ApiError.StorageUnavailable(
            "The process stops. Send the lines that were not answered again."),
        TimeoutException => new(ErrorCodes.RequestTimeout, "Nothing came for five minutes."),
        _ when StorageFaults.IsUnavailable(exception) => ApiError.StorageUnavailable(
            "The store cannot be reached. Look which of the lines that were not answered were created."),
        _ => null,
    };
}
