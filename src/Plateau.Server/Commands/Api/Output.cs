using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CsvHelper;
using Plateau.Contracts;

namespace Plateau.Server.Commands.Api;

/// <summary>One column of what a command prints.</summary>
/// <param name="Name">Its heading: the name in the API.</param>
/// <param name="Value">The cell; null is empty.</param>
/// <param name="IsOfTable">Whether only the table for people has it.</param>
internal sealed record Column<T>(string Name, Func<T, string?> Value, bool IsOfTable = false);

/// <summary>
/// What commands that call a server print: a table for people, with <c>--json</c> one object a line as the API answers
/// it, with <c>--csv</c> comma-separated values.
/// </summary>
internal static class Output
{
    private const int MaxTableRows = 10_000;

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print JSON, one object a line, as the API answers it.",
    };

    public static readonly Option<bool> Csv = new("--csv") { Description = "Print comma-separated values." };

    /// <summary>Prints ids for the next command, which take the first column.</summary>
    public static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print the id alone." };

    /// <summary>How many objects are printed at the most.</summary>
    public static readonly Option<int?> Limit = new("--limit")
    {
        Description = "Print at most this many. [default: 100 in a table, otherwise all]",
        HelpName = "count",
        Validators =
        {
            option =>
            {
                if (option.Tokens is [var token, ..] && int.TryParse(token.Value, out var limit) && limit < 1)
                {
                    option.AddError("--limit is 1 or more.");
                }
            },
        },
    };

    /// <summary>A number as the API writes it.</summary>
    public static string? Text(double? number) => number?.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>An instant as the API writes it.</summary>
    public static string? Text(DateTimeOffset? instant) => instant is { } one ? Instant.Format(one) : null;

    /// <summary>Prints objects as they come; a table waits for all of its rows.</summary>
    public static async Task WriteAsync<T>(
        ParseResult result, IAsyncEnumerable<T> objects, JsonTypeInfo<T> type, Column<T>[] columns,
        CancellationToken cancel)
    {
        var output = result.InvocationConfiguration.Output;
        var limit = result.GetValue(Limit);
        if (result.GetValue(Json))
        {
            await foreach (var one in objects.Take(limit ?? int.MaxValue).WithCancellation(cancel))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(one, type));
            }
        }
        else if (result.GetValue(Quiet))
        {
            await foreach (var one in objects.Take(limit ?? int.MaxValue).WithCancellation(cancel))
            {
                await output.WriteLineAsync(columns[0].Value(one));
            }
        }
        else if (result.GetValue(Csv))
        {
            var all = columns.Where(column => !column.IsOfTable).ToArray();
            await WriteCsvAsync(output, objects.Take(limit ?? int.MaxValue), all, cancel);
        }
        else
        {
            var shown = Math.Min(limit ?? 100, MaxTableRows);
            var rows = await objects.Take(shown + 1).ToListAsync(cancel);
            ReportTable.Write(
                result, [.. columns.Select(column => column.Name)],
                rows.Take(shown).Select(one => columns.Select(column => column.Value(one) ?? "").ToArray()),
                rows.Count > shown);
        }
    }

    /// <summary>Prints one object: a row a member in a table.</summary>
    public static Task WriteAsync<T>(
        ParseResult result, T value, JsonTypeInfo<T> type, Column<T>[] columns, CancellationToken cancel) =>
        WriteAsync(result, new[] { value }.ToAsyncEnumerable(), type, columns, cancel);

    private static async Task WriteCsvAsync<T>(
        TextWriter output, IAsyncEnumerable<T> objects, Column<T>[] columns, CancellationToken cancel)
    {
        await using var csv = new CsvWriter(output, CultureInfo.InvariantCulture, leaveOpen: true);
        foreach (var column in columns)
        {
            csv.WriteField(column.Name);
        }
        await csv.NextRecordAsync();
        await foreach (var one in objects.WithCancellation(cancel))
        {
            foreach (var column in columns)
            {
                csv.WriteField(column.Value(one));
            }
            await csv.NextRecordAsync();
            await csv.FlushAsync();
        }
    }
}
