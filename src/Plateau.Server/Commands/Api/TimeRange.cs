using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Plateau.Contracts;
using Plateau.Server.Http;
using Plateau.Telemetry;

namespace Plateau.Server.Commands.Api;

/// <summary>A range of time on the command line: instants, or dates of a time zone, meaning their beginning.</summary>
internal static class TimeRange
{
    public static readonly Option<string?> From = Edge("--from", "--start", "From this time on");

    public static readonly Option<string?> To = Edge("--to", "--end", "Before this time");

    public static readonly Option<string> Timezone = new("--timezone")
    {
        Description = "The time zone in which dates begin, such as Europe/London.",
        HelpName = "name",
        DefaultValueFactory = _ => "UTC",
        Validators =
        {
            option =>
            {
                if (option.Tokens is [var token, ..] && !TimezoneNames.IsKnown(token.Value))
                {
                    option.AddError($"'{token.Value}' is not a time zone such as Europe/London.");
                }
            },
        },
    };

    /// <summary>The edges, UTC; null where none was told.</summary>
    public static (DateTimeOffset? From, DateTimeOffset? To) Read(ParseResult result)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(result.GetValue(Timezone)!); // it has a default
        return (Find(result.GetValue(From), zone), Find(result.GetValue(To), zone));
    }

    private static Option<string?> Edge(string name, string alias, string description) => new(name, alias)
    {
        Description = $"{description}: 2026-02-01T10:30:00Z, or a date.",
        HelpName = "time",
        Validators = { Check },
    };

    private static void Check(OptionResult option)
    {
        if (option.Tokens is [var token, ..] && Find(token.Value, TimeZoneInfo.Utc) is null)
        {
            option.AddError($"'{token.Value}' is neither a time such as 2026-02-01T10:30:00Z nor a date.");
        }
    }

    private static DateTimeOffset? Find(string? text, TimeZoneInfo zone) =>
        Instant.TryParse(text, out var instant)
            ? instant
            : DateOnly.TryParseExact(
                text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                && date.Year is > 1 and < 9999
                ? BucketEdges.StartOf(date, zone)
                : null;
}
