using System.CommandLine;
using Plateau.Contracts;
using Plateau.Server.Commands.Api;

namespace Plateau.Server.Import;

/// <summary>The options of <c>plateau states import</c>.</summary>
internal static class ImportOptions
{
    public static readonly Argument<string[]> Files = new("file")
    {
        Description = "CSV or NDJSON, plain or gzip; - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static readonly Option<string[]> Map = new("--map")
    {
        Description = "What a column means, and what makes its unit the member's: \"P (W)=battery_power_kw*0.001\".",
        HelpName = "column=member",
    };

    public static readonly Option<string?> Encoding = new("--encoding")
    {
        Description = "Encoding of files without a byte-order mark, such as windows-1252. [default: utf-8]",
        HelpName = "name",
    };

    public static readonly Option<string> Decimal = new("--decimal")
    {
        Description = "What begins a fraction: point or comma. [default: what the file's numbers show]",
        HelpName = "point|comma",
    };

    public static readonly Option<string?> Timezone = new("--timezone")
    {
        Description = "Time zone of times without an offset, such as Europe/Berlin, and of devices that are made.",
        HelpName = "name",
    };

    public static readonly Option<string?> TimeFormat = new("--time-format")
    {
        Description = "Format of all times, such as \"MM/dd/yyyy HH:mm\"; unix or unix-ms. [default: common ones]",
        HelpName = "format",
    };

    public static readonly Option<string> Hour = new("--repeated-hour")
    {
        Description = "Which hour is meant where the clock was put back: earlier, later, or refuse. "
            + "[default: the order of lines decides]",
        HelpName = "which",
    };

    public static readonly Option<DeviceId?> Device =
        ApiCommand.IdOption<DeviceId>("--device", "Device of every line.");

    public static readonly Option<string?> Reference = new("--reference")
    {
        Description = "The same by the device's reference_id.",
        HelpName = "text",
    };

    public static readonly Option<LocationId?> Location = ApiCommand.IdOption<LocationId>(
        "--location",
        "Location of every record, and of devices that are made. [default: the line's, else the device's only one]");

    public static readonly Option<double?> Target = ApiCommand.NumberOption(
        "--target", "Target of records whose own is empty, percent. It is your choice: no source measures it.",
        "percent");

    public static readonly Option<bool> CreateDevices = new("--create-devices")
    {
        Description = "Make the devices that do not exist, with device_ref as their reference_id.",
    };

    public static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Read everything, send nothing, and tell what would be refused. Needs no server.",
    };

    public static readonly Option<string?> Rejects = new("--rejects")
    {
        Description = "Write each refused line to this file, with its number and the reason.",
        HelpName = "path",
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print the summary as one JSON object." };

    public static readonly Symbol[] All =
    [
        Files, Map, Encoding, Decimal, Timezone, TimeFormat, Hour, Device, Reference, Location, Target, CreateDevices,
        DryRun, Rejects, Json,
    ];

    static ImportOptions()
    {
        Decimal.AcceptOnlyFromAmong("point", "comma");
        Hour.AcceptOnlyFromAmong("earlier", "later", "refuse");
    }
}
