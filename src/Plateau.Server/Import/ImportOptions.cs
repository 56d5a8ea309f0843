using System.CommandLine;

namespace Plateau.Server.Import;

/// <summary>The options of <c>plateau states import</c>.</summary>
internal static class ImportOptions
{
    public static readonly Argument<string> File = new("file") { Description = "A CSV file with a header." };

    public static readonly Option<string> Location = new("--location")
    {
        Description = "Id of the location of every record, and of the devices that are made.",
        Required = true,
    };

    public static readonly Option<double?> Target = new("--target")
    {
        Description = "Target of records whose own is empty, percent. It is your choice: no source measures it.",
    };

    public static readonly Option<bool> CreateDevices = new("--create-devices")
    {
        Description = "Make the devices that do not exist, with device_ref as their reference_id.",
    };

    public static readonly Option<string?> Timezone = new("--timezone")
    {
        Description = "Time zone of the devices that are made. Default: the location's.",
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print the summary as one JSON object." };
}
