using System.Text.Json;
using System.Text.Unicode;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;

namespace Plateau.Server.Telemetry;

/// <summary>Reads the records of one caller's batch or import, and collects those that are wrong.</summary>
internal sealed class StateItemReader(DeviceStateBody body, Caller caller, int? retentionDays, TimeProvider clock)
{
    private readonly BodyFaults _faults = new();

    /// <summary>The record; null, with a failure, when it is wrong.</summary>
    /// <param name="utf8">One JSON object.</param>
    /// <param name="number">Its place among the records sent, from 0.</param>
    /// <param name="failure">What is wrong with it.</param>
    public PendingRecord? Read(ReadOnlySpan<byte> utf8, long number, out FailedRecord? failure)
    {
        failure = null;
        var faults = _faults.Any ? new BodyFaults() : _faults;
        try
        {
            if (!Utf8.IsValid(utf8))
            {
                failure = Failure(utf8, number, ErrorCodes.JsonInvalid, "The record is not UTF-8.");
                return null;
            }
            if (body.Item.Read(utf8, faults) is { } item)
            {
                return ToRecord(item, number, out failure);
            }
            failure = Failure(utf8, number, faults.Found[0].Code, faults.Found[0].Message);
        }
        catch (JsonException)
        {
            failure = Failure(utf8, number, ErrorCodes.JsonInvalid, "The record is not one well-formed JSON object.");
        }
        return null;
    }

    /// <summary>A record that is not kept.</summary>
    public static FailedRecord ToFailure(PendingRecord pending, long number, SubmissionOutcome outcome)
    {
        var error = SubmissionErrors.Of(outcome, pending.Record);
        return new()
        {
            RecordNum = number,
            RecordReferenceId = pending.Record.RecordReferenceId,
            DeviceId = pending.Record.Key.DeviceId.ToString(),
            Code = error.Code,
            Message = error.Message,
        };
    }

    private PendingRecord? ToRecord(DeviceStateItem item, long number, out FailedRecord? failure)
    {
        var now = clock.GetUtcNow();
        if (SubmissionRules.CheckRetention(item.State.Time, now, retentionDays) is { } message)
        {
            failure = new()
            {
                RecordNum = number,
                RecordReferenceId = item.State.RecordReferenceId,
                DeviceId = item.DeviceId.ToString(),
                Code = "time_invalid",
                Message = message,
            };
            return null;
        }
        failure = null;
        var chance = item.State.RecordReferenceId is null ? Secrets.RandomNumber() : 0;
        return new PendingRecord(caller, SubmissionRules.ToRecord(item.DeviceId, item.State, now, chance));
    }

    private static FailedRecord Failure(ReadOnlySpan<byte> utf8, long number, string code, string message) => new()
    {
        RecordNum = number,
        RecordReferenceId = FindText(utf8, "record_reference_id"u8),
        DeviceId = FindText(utf8, "device_id"u8),
        Code = code,
        Message = message,
    };

    // A text of a record that is wrong elsewhere, so that its sender finds it again; null when it cannot be read.
    private static string? FindText(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isWanted = BodySchema.NameIs(ref reader, name);
                reader.Read();
                if (isWanted)
                {
                    var isText = reader.TokenType == JsonTokenType.String;
                    return isText && reader.ValueSpan.Length <= 6 * TextField.MaxLength ? reader.GetString() : null;
                }
                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Neither can the text.
        }
        return null;
    }
}
