using Parquet;
using Parquet.Schema;

namespace Plateau.Server.Export;

/// <summary>
/// Apache Parquet with typed columns: instants are UTC timestamps in microseconds, numbers doubles, the rest texts. A
/// row group is written as soon as it is full, so memory holds one.
/// </summary>
internal sealed class ParquetStateWriter : IStateWriter
{
    private const int RowsOfGroup = 50_000;

    private static readonly DataField<string> DeviceId = new(ExportColumns.DeviceId, nullable: false);
    private static readonly DataField<string> DeviceReference = new(ExportColumns.DeviceReference, nullable: true);
    private static readonly DataField<string> LocationId = new(ExportColumns.LocationId, nullable: false);
    private static readonly DateTimeDataField Time = Instants(ExportColumns.Time);
    private static readonly DataField<double> Charge = new(ExportColumns.Charge);
    private static readonly DataField<double> Target = new(ExportColumns.Target);
    private static readonly DataField<double?> Power = new(ExportColumns.Power);
    private static readonly DataField<double?> Energy = new(ExportColumns.Energy);
    private static readonly DataField<double?> Reserve = new(ExportColumns.Reserve);
    private static readonly DataField<string> RecordReference = new(ExportColumns.RecordReference, nullable: true);
    private static readonly DataField<string> Id = new(ExportColumns.Id, nullable: false);
    private static readonly DateTimeDataField TimeCreated = Instants(ExportColumns.TimeCreated);

    private readonly ParquetWriter _parquet;
    private readonly List<ExportedState> _rows = new(RowsOfGroup);

    private ParquetStateWriter(ParquetWriter parquet) => _parquet = parquet;

    public static async Task<ParquetStateWriter> CreateAsync(Stream stream, CancellationToken cancel)
    {
        var schema = new ParquetSchema(
            DeviceId, DeviceReference, LocationId, Time, Charge, Target, Power, Energy, Reserve, RecordReference, Id,
            TimeCreated);
        return new(await ParquetWriter.CreateAsync(schema, stream, cancellationToken: cancel));
    }

    public async ValueTask WriteAsync(ExportedState line, CancellationToken cancel)
    {
        _rows.Add(line);
        if (_rows.Count == RowsOfGroup)
        {
            await WriteGroupAsync(cancel);
        }
    }

    public async ValueTask CompleteAsync(CancellationToken cancel)
    {
        if (_rows.Count > 0)
        {
            await WriteGroupAsync(cancel);
        }
        await _parquet.DisposeAsync(); // writes the footer
    }

    // An export that fails leaves no file, so its footer does not matter.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DateTimeDataField Instants(string name) => new(
        name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros, isNullable: false);

    private async Task WriteGroupAsync(CancellationToken cancel)
    {
        using var group = _parquet.CreateRowGroup();
        await WriteTextsAsync(DeviceId, row => row.State.DeviceId.ToString());
        await WriteTextsAsync(DeviceReference, row => row.DeviceReference);
        await WriteTextsAsync(LocationId, row => row.State.LocationId.ToString());
        await WriteInstantsAsync(Time, row => row.State.Time);
        await WriteNumbersAsync(Charge, row => row.State.StateOfChargePercent);
        await WriteNumbersAsync(Target, row => row.State.TargetStateOfChargePercent);
        await WritePossibleNumbersAsync(Power, row => row.State.BatteryPowerKw);
        await WritePossibleNumbersAsync(Energy, row => row.State.EnergyRemainingKwh);
        await WritePossibleNumbersAsync(Reserve, row => row.State.BackupReservePercent);
        await WriteTextsAsync(RecordReference, row => row.State.RecordReferenceId);
        await WriteTextsAsync(Id, row => row.State.Id.ToString());
        await WriteInstantsAsync(TimeCreated, row => row.State.TimeCreated);
        group.CompleteValidate();
        _rows.Clear();

        async Task WriteTextsAsync(DataField field, Func<ExportedState, string?> value) =>
            await group.WriteAsync(field, _rows.ConvertAll(row => value(row)!)); // null where the field may be

        async Task WriteInstantsAsync(DataField field, Func<ExportedState, DateTimeOffset> value) =>
            await group.WriteAsync<DateTime>(
                field, _rows.ConvertAll(row => value(row).UtcDateTime).ToArray(), cancellationToken: cancel);

        async Task WriteNumbersAsync(DataField field, Func<ExportedState, double> value) =>
            await group.WriteAsync<double>(
                field, _rows.ConvertAll(row => value(row)).ToArray(), cancellationToken: cancel);

        async Task WritePossibleNumbersAsync(DataField field, Func<ExportedState, double?> value) =>
            await group.WriteAsync<double>(
                field, _rows.ConvertAll(row => value(row)).ToArray(), cancellationToken: cancel);
    }
}
