using System.CommandLine;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Commands;
using Plateau.Server.Commands.Api;

namespace Plateau.Server.Export;

/// <summary><c>plateau states export</c>.</summary>
internal static class ExportCommand
{
    private const string Help = """
        Write states to a file or to standard output: of a device, of a place, or of the fleet.

        As CSV and as NDJSON, columns have the API's names, and states import makes the same records of them. Parquet
        has typed columns and wants --output. A file appears once it is whole. States of owners who have not agreed to
        telemetry are left out.
        """;

    private const string Example =
        "plateau states export --from 2026-02-01 --to 2026-03-01 --timezone Europe/London --output february.parquet";

    private static readonly Option<DeviceId?> Device =
        ApiCommand.IdOption<DeviceId>("--device", "Only the states of this device.");

    private static readonly Option<LocationId?> Place =
        ApiCommand.IdOption<LocationId>("--location", "Only the states measured at this location.");

    private static readonly Option<string?> Target = new("--output", "-o")
    {
        Description = "The file; an older one is replaced. [default: standard output]",
        HelpName = "file",
    };

    private static readonly Option<string?> Format = CreateFormat();

    public static Command Create() => ApiCommand.Create(
        "export", Help, Example, RunAsync, Device, Place, TimeRange.From, TimeRange.To, TimeRange.Timezone, Format,
        Target);

    private static async Task RunAsync(ParseResult result, PlateauClient client, CancellationToken cancel)
    {
        var path = result.GetValue(Target);
        var format = result.GetValue(Format) ?? FormatOf(path);
        if (format == "parquet" && path is null)
        {
            throw CommandFailure.OfArguments("Parquet is not for standard output: name a file with --output.");
        }
        if (path is "" || Directory.Exists(path))
        {
            throw CommandFailure.OfArguments($"--output wants the name of a file; '{path}' is none.");
        }
        var (from, to) = TimeRange.Read(result);
        var export = new StateExport(
            client, new ExportRange(result.GetValue(Device), result.GetValue(Place), from, to));
        var screen = new ExportScreen(result.InvocationConfiguration.Error, export, TimeProvider.System);
        await screen.ShowAsync(WriteAsync(export, path, format, cancel), cancel);
    }

    private static async Task WriteAsync(StateExport export, string? path, string format, CancellationToken cancel)
    {
        await using var file = ExportFile.Open(path);
        if (format == "parquet" && !file.Stream.CanSeek)
        {
            throw CommandFailure.OfArguments(
                $"Parquet is not for a pipe, which '{path}' is: name a file with --output.");
        }
        await using (var writer = await CreateWriterAsync(file.Stream, format, cancel))
        {
            await foreach (var line in export.ReadAsync(cancel))
            {
                await writer.WriteAsync(line, cancel);
            }
            await writer.CompleteAsync(cancel);
        }
        await file.CompleteAsync(cancel);
    }

    private static async Task<IStateWriter> CreateWriterAsync(
        Stream stream, string format, CancellationToken cancel) => format switch
        {
            "parquet" => await ParquetStateWriter.CreateAsync(stream, cancel),
            "ndjson" => new JsonStateWriter(stream),
            _ => new CsvStateWriter(stream),
        };

    private static string FormatOf(string? path) => Path.GetExtension(path)?.ToLowerInvariant() switch
    {
        ".parquet" => "parquet",
        ".ndjson" or ".jsonl" or ".json" => "ndjson",
        _ => "csv",
    };

    private static Option<string?> CreateFormat()
    {
        var format = new Option<string?>("--format")
        {
            Description = "The form. [default: that of the file's ending, else csv]",
        };
        return format.AcceptOnlyFromAmong("csv", "ndjson", "parquet");
    }
}
