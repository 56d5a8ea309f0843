using Plateau.Server.Commands;
using System.CommandLine;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Import;

/// <summary>The command line of an import, checked.</summary>
internal sealed class ImportArguments
{
    /// <summary>Path of the file.</summary>
    public required string File { get; init; }

    /// <summary>The location of every record.</summary>
    public required LocationId Location { get; init; }

    /// <summary>The target of records whose own is empty, %; null when there is none.</summary>
    public required double? Target { get; init; }

    /// <summary>Whether devices that do not exist are made.</summary>
    public required bool CreateDevices { get; init; }

    /// <summary>Time zone of new devices; null for the location's.</summary>
    public required string? Timezone { get; init; }

    /// <summary>The server and who calls.</summary>
    public required PlateauClientOptions Client { get; init; }

    /// <summary>Reads the command line and, for what it leaves out, the environment.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="fault">What is wrong, in one line; null when nothing is.</param>
    public static ImportArguments? Read(ParseResult result, out string? fault)
    {
        var target = result.GetValue(ImportOptions.Target);
        var timezone = result.GetValue(ImportOptions.Timezone);
        var create = result.GetValue(ImportOptions.CreateDevices);
        fault = target is { } percent && percent is not (>= 0 and <= 100)
            ? "--target must be between 0 and 100 percent."
            : timezone is not null && !create
                ? "--timezone is for new devices; it needs --create-devices."
                : timezone is not null && !Http.TimezoneNames.IsKnown(timezone)
                    ? "--timezone must be a name of the tz database, such as Europe/Zurich."
                    : null;
        if (!ObjectIdText.TryParse(result.GetValue(ImportOptions.Location), out LocationId location))
        {
            fault ??= "--location must be the id of a location, loc_ and 24 hex digits.";
        }
        if (fault is not null || CallerOptions.Read(result, out fault) is not { } client)
        {
            return null;
        }
        return new ImportArguments
        {
            File = result.GetRequiredValue(ImportOptions.File),
            Location = location,
            Target = target,
            CreateDevices = create,
            Timezone = timezone,
            // Long enough for a server that is started again.
            Client = client with { MaxAttempts = 25, MaxTotalWait = TimeSpan.FromMinutes(2) },
        };
    }
}
