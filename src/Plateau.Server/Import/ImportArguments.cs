using System.CommandLine;
using System.Text;
using Plateau.Client;
using Plateau.Server.Commands;
using Plateau.Server.Http;

namespace Plateau.Server.Import;

/// <summary>The command line of an import, checked.</summary>
internal sealed class ImportArguments
{
    // Each is open from the beginning, so that a bad header is found before anything is sent.
    private const int MaxFiles = 500;

    /// <summary>Paths of the files; <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>How they are read.</summary>
    public required StateReading Reading { get; init; }

    /// <summary>Whether devices that do not exist are made.</summary>
    public required bool CreateDevices { get; init; }

    /// <summary>Time zone of new devices; null for the location's.</summary>
    public required string? Timezone { get; init; }

    /// <summary>Where refused lines are written; null for nowhere.</summary>
    public required string? Rejects { get; init; }

    /// <summary>The server and who calls; null for a dry run.</summary>
    public required PlateauClientOptions? Client { get; init; }

    /// <summary>Reads the command line and, for what it leaves out, the environment.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="fault">What is wrong, in one line; null when nothing is.</param>
    public static ImportArguments? Read(ParseResult result, out string? fault)
    {
        var files = result.GetRequiredValue(ImportOptions.Files);
        var mappings = new List<ColumnMapping>();
        fault = null;
        foreach (var text in result.GetValue(ImportOptions.Map) ?? [])
        {
            if (ColumnMapping.Parse(text, out var wrong) is { } mapping)
            {
                mappings.Add(mapping);
            }
            fault ??= wrong;
        }
        fault ??= CheckMappings(mappings) ?? Check(result, files);
        PlateauClientOptions? client = null;
        if (fault is null && !result.GetValue(ImportOptions.DryRun))
        {
            client = CallerOptions.Read(result, out fault);
        }
        if (fault is not null)
        {
            return null;
        }
        var timezone = result.GetValue(ImportOptions.Timezone);
        return new ImportArguments
        {
            Files = files,
            Reading = new StateReading
            {
                Mappings = mappings,
                Encoding = FindEncoding(result) ?? StateReading.Utf8,
                Mark = result.GetValue(ImportOptions.Decimal) switch
                {
                    "point" => DecimalMark.Point,
                    "comma" => DecimalMark.Comma,
                    _ => DecimalMark.Unknown,
                },
                Times = new TimeText(
                    result.GetValue(ImportOptions.TimeFormat),
                    timezone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(timezone)),
                RepeatedHour = result.GetValue(ImportOptions.Hour) switch
                {
                    "earlier" => RepeatedHour.Earlier,
                    "later" => RepeatedHour.Later,
                    "refuse" => RepeatedHour.Refuse,
                    _ => RepeatedHour.Order,
                },
                Device = result.GetValue(ImportOptions.Device) is { } id
                    ? new DeviceName(id.ToString(), IsId: true)
                    : result.GetValue(ImportOptions.Reference) is { } reference
                        ? new DeviceName(reference, IsId: false)
                        : null,
                Location = result.GetValue(ImportOptions.Location),
                Target = result.GetValue(ImportOptions.Target),
            },
            CreateDevices = result.GetValue(ImportOptions.CreateDevices),
            Timezone = timezone,
            Rejects = result.GetValue(ImportOptions.Rejects),
            // Long enough for a server that is started again.
            Client = client is null ? null : client with { MaxAttempts = 25, MaxTotalWait = TimeSpan.FromMinutes(2) },
        };
    }

    private static string? Check(ParseResult result, string[] files)
    {
        var rejects = result.GetValue(ImportOptions.Rejects);
        return (result.GetValue(ImportOptions.Target), result.GetValue(ImportOptions.Timezone)) switch
        {
            ({ } target, _) when target is not (>= 0 and <= 100) => "--target must be between 0 and 100 percent.",
            (_, { } timezone) when !TimezoneNames.IsKnown(timezone) =>
                "--timezone must be a name of the tz database, such as Europe/Zurich.",
            _ when FindEncoding(result) is null => "--encoding must be the name of one, such as windows-1252.",
            _ when files.Contains("") || rejects is "" => "The path of a file is empty.",
            _ when files.Length > MaxFiles => $"At most {MaxFiles} files are imported at once.",
            _ when files.Count(file => file == LineSource.StandardInput) > 1 => "Standard input can be read once.",
            _ when result.GetValue(ImportOptions.TimeFormat) is { } format
                && TimeText.CheckFormat(format) is { } wrong => wrong,
            _ when result.GetValue(ImportOptions.Device) is not null
                && result.GetValue(ImportOptions.Reference) is not null =>
                "--device and --reference both name the device; give one.",
            _ when result.GetValue(ImportOptions.CreateDevices)
                && result.GetValue(ImportOptions.Location) is null =>
                "--create-devices needs --location, the place of the devices it makes.",
            _ when rejects is not null && files.Any(file => Path.GetFullPath(file) == Path.GetFullPath(rejects)) =>
                "--rejects must not be a file that is imported.",
            _ => null,
        };
    }

    private static Encoding? FindEncoding(ParseResult result)
    {
        try
        {
            // The provider knows the code pages of old; it leaves the others to the framework.
            return result.GetValue(ImportOptions.Encoding) is { } name
                ? CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name)
                : StateReading.Utf8;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    // Columns of a quantity are added, a date and a time of day are joined; of anything else there is one.
    private static string? CheckMappings(List<ColumnMapping> mappings) => mappings
        .GroupBy(one => one.Member)
        .Where(one => one.Count() > 1 && one.Key != StateMembers.Time && StateMembers.FindQuantity(one.Key) is null)
        .Select(one => $"--map names more than one column as {one.Key}.")
        .FirstOrDefault();
}
