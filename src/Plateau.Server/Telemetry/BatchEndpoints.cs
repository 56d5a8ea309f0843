using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Accounts;
using Plateau.Server.Http;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>Many states in one call.</summary>
internal static class BatchEndpoints
{
    /// <summary>Records of a batch at the most.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>Bytes of a batch at the most, unpacked.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Maps <c>POST /device-states</c>.</summary>
    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/device-states", Submit).WithName("DeviceStateBatchSubmit").WithTags("Device states")
            .RequireAuthorization(Scopes.Submit)
            .WithSummary(
                "Submit up to 10 000 states, plain or gzip. What an answer of 200 counts as accepted is durable; "
                + "records that are wrong are named and do not keep the others out.")
            .TakesMany(
                routes.ServiceProvider.GetRequiredService<DeviceStateBody>().Item, ManyForm.Array, MaxRecords);
    }

    private static async Task<Results<Ok<DeviceStateBatch>, ApiError>> Submit(
        HttpContext context, Caller caller, DeviceStateBody body, BulkIntake intake, BulkPlaces places,
        RetentionPeriods retention, RegistryIds ids, TimeProvider clock, CancellationToken cancel)
    {
        using var place = places.TryTakeBatch();
        if (place is null)
        {
            return ApiError.StorageUnavailable("As many batches as may be are being read. Repeat the request.");
        }
        var (sent, error) = await LargeBody.ReadAsync(context, MaxBytes, cancel);
        using (sent)
        {
            if (sent is null)
            {
                return error!; // there is no body only where something is wrong
            }
            var reader = new StateItemReader(body, caller, await retention.OfAsync(caller.AccountId, cancel), clock);
            var read = Read(sent.Utf8, reader);
            return read.Error is { } fault
                ? fault
                : TypedResults.Ok(await KeepAsync(read, intake, ids.Next<BatchId>(), clock, cancel));
        }
    }

    private static async Task<DeviceStateBatch> KeepAsync(
        ReadBatch read, BulkIntake intake, BatchId id, TimeProvider clock, CancellationToken cancel)
    {
        var outcomes = await intake.KeepAsync(read.Records, cancel);
        var failed = read.Failed;
        var (accepted, replayed) = (0, 0);
        for (var index = 0; index < outcomes.Length; index++)
        {
            switch (outcomes[index].Result)
            {
                case SubmissionResult.Kept:
                    accepted++;
                    break;
                case SubmissionResult.Repeated:
                    replayed++;
                    break;
                default:
                    failed.Add(StateItemReader.ToFailure(read.Records[index], read.Numbers[index], outcomes[index]));
                    break;
            }
        }
        failed.Sort((one, other) => one.RecordNum.CompareTo(other.RecordNum));
        return new()
        {
            Id = id,
            RecordsSubmitted = accepted + replayed + failed.Count,
            RecordsAccepted = accepted,
            RecordsReplayed = replayed,
            FailedRecords = failed,
            TimeCreated = clock.GetUtcNow(),
        };
    }

    private static ReadBatch Read(ReadOnlySpan<byte> utf8, StateItemReader items)
    {
        var batch = new ReadBatch();
        try
        {
            ReadMembers(utf8, items, batch);
        }
        catch (JsonException)
        {
            batch.Error = ApiError.BadInput(
                "$", ErrorCodes.JsonInvalid, "The body is not one well-formed JSON object.");
        }
        return batch;
    }

    private static void ReadMembers(ReadOnlySpan<byte> utf8, StateItemReader items, ReadBatch batch)
    {
        var reader = new Utf8JsonReader(utf8);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The body is not an object.");
        }
        var faults = new BodyFaults();
        var isSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!BodySchema.NameIs(ref reader, "data"u8))
            {
                faults.Unknown(BodySchema.Root, BodySchema.NameOf(ref reader));
                reader.Read();
                reader.Skip();
                continue;
            }
            if (isSeen)
            {
                faults.Duplicate("$.data", "data");
            }
            isSeen = true;
            reader.Read();
            ReadData(ref reader, utf8, items, batch, faults);
        }
        reader.Read(); // throws when anything but white space follows
        if (!isSeen)
        {
            faults.Missing("$.data", "data");
        }
        batch.Error = faults.Any ? ApiError.BadInput(faults.Found) : null;
    }

    private static void ReadData(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, StateItemReader items, ReadBatch batch, BodyFaults faults)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            faults.Invalid("$.data", "data", "data must be an array of states.");
            reader.Skip();
            return;
        }
        var number = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (number < MaxRecords)
            {
                batch.Add(items, utf8[start..(int)reader.BytesConsumed], number);
            }
            number++;
        }
        if (number > MaxRecords)
        {
            faults.Invalid("$.data", "data", $"data must have at most {MaxRecords} states; it had {number}.");
        }
    }

    /// <summary>What was read of a batch.</summary>
    private sealed class ReadBatch
    {
        public List<PendingRecord> Records { get; } = [];
        public List<int> Numbers { get; } = [];
        public List<FailedRecord> Failed { get; } = [];
        public ApiError? Error { get; set; }

        public void Add(StateItemReader items, ReadOnlySpan<byte> utf8, int number)
        {
            if (items.Read(utf8, number, out var failure) is { } pending)
            {
                Records.Add(pending);
                Numbers.Add(number);
            }
            else if (failure is not null)
            {
                Failed.Add(failure);
            }
        }
    }
}
