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

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "Address of the server, such as http://127.0.0.1:5080.",
    };

    public static readonly Option<string?> Account = new("--account")
    {
        Description = "Id of the account, acc_… Default: PLATEAU_ACCOUNT in the environment, else the demo's.",
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = "Secret key with the scope manage. Default, and better: PLATEAU_KEY in the environment.",
    };

    public static readonly Option<string?> DemoFile = new("--demo-file")
    {
        Description = "The demo.json of a demo server: address, account and key. Default: data/demo.json.",
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print the summary as one JSON object." };
}
