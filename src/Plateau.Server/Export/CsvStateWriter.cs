using System.Globalization;
using System.Text;
using CsvHelper;
using Plateau.Contracts;

namespace Plateau.Server.Export;

/// <summary>
/// Comma-separated values (RFC 4180, UTF-8). Cells are exactly what was sent, so that an import makes the same records
/// of them: nothing is put before a text that a spreadsheet could take for a formula.
/// </summary>
internal sealed class CsvStateWriter : IStateWriter
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false);

    private readonly CsvWriter _csv;
    private bool _hasHeader;

    public CsvStateWriter(Stream stream) =>
        _csv = new CsvWriter(
            new StreamWriter(stream, Encoding, 64 * 1024, leaveOpen: true), CultureInfo.InvariantCulture);

    public async ValueTask WriteAsync(ExportedState line, CancellationToken cancel)
    {
        WriteHeader();
        var state = line.State;
        _csv.WriteField(state.DeviceId.ToString());
        _csv.WriteField(line.DeviceReference);
        _csv.WriteField(state.LocationId.ToString());
        _csv.WriteField(Instant.Format(state.Time));
        Write(state.StateOfChargePercent);
        Write(state.TargetStateOfChargePercent);
        Write(state.BatteryPowerKw);
        Write(state.EnergyRemainingKwh);
        Write(state.BackupReservePercent);
        _csv.WriteField(state.RecordReferenceId);
        _csv.WriteField(state.Id.ToString());
        _csv.WriteField(Instant.Format(state.TimeCreated));
        await _csv.NextRecordAsync();
    }

    // A file without records still tells its columns.
    public async ValueTask CompleteAsync(CancellationToken cancel)
    {
        WriteHeader();
        await _csv.FlushAsync();
    }

    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    private void Write(double? number) => _csv.WriteField(number?.ToString("R", CultureInfo.InvariantCulture));

    private void WriteHeader()
    {
        if (_hasHeader)
        {
            return;
        }
        _hasHeader = true;
        foreach (var column in ExportColumns.All)
        {
            _csv.WriteField(column);
        }
        _csv.NextRecord();
    }
}
