using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Server.Export;

/// <summary>One object a line, as the API answers a state, and <c>device_ref</c>.</summary>
internal sealed class JsonStateWriter(Stream stream) : IStateWriter
{
    private const int FlushAtBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _lines = new(2 * FlushAtBytes);
    private readonly Utf8JsonWriter _json = new(
        new ArrayBufferWriter<byte>(1),
        new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public async ValueTask WriteAsync(ExportedState line, CancellationToken cancel)
    {
        _json.Reset(_lines);
        WriteObject(line);
        _json.Flush();
        _lines.Write("\n"u8);
        if (_lines.WrittenCount >= FlushAtBytes)
        {
            await CompleteAsync(cancel);
        }
    }

    public async ValueTask CompleteAsync(CancellationToken cancel)
    {
        await stream.WriteAsync(_lines.WrittenMemory, cancel);
        await stream.FlushAsync(cancel);
        _lines.ResetWrittenCount();
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private void WriteObject(ExportedState line)
    {
        var state = line.State;
        _json.WriteStartObject();
        _json.WriteString("object", state.Object);
        _json.WriteString(ExportColumns.DeviceId, state.DeviceId.ToString());
        Write(ExportColumns.DeviceReference, line.DeviceReference);
        _json.WriteString(ExportColumns.LocationId, state.LocationId.ToString());
        _json.WriteString(ExportColumns.Time, Instant.Format(state.Time));
        Write(ExportColumns.Charge, state.StateOfChargePercent);
        Write(ExportColumns.Target, state.TargetStateOfChargePercent);
        Write(ExportColumns.Power, state.BatteryPowerKw);
        Write(ExportColumns.Energy, state.EnergyRemainingKwh);
        Write(ExportColumns.Reserve, state.BackupReservePercent);
        Write(ExportColumns.RecordReference, state.RecordReferenceId);
        _json.WriteString(ExportColumns.Id, state.Id.ToString());
        _json.WriteString(ExportColumns.TimeCreated, Instant.Format(state.TimeCreated));
        _json.WriteEndObject();
    }

    private void Write(string name, string? text)
    {
        if (text is not null)
        {
            _json.WriteString(name, text);
        }
    }

    private void Write(string name, double? number)
    {
        if (number is { } value)
        {
            _json.WriteNumber(name, value);
        }
    }
}
