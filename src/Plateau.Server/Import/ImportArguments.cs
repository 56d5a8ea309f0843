using System.CommandLine;
using System.Text.Json;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Demo;

namespace Plateau.Server.Import;

/// <summary>The command line of an import, checked.</summary>
internal sealed class ImportArguments
{
    private const string AccountVariable = "PLATEAU_ACCOUNT";
    private const string KeyVariable = "PLATEAU_KEY";
    private const string DemoDataDirectory = "data";

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
        if (fault is not null || ReadClient(result, ref fault) is not { } client)
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
            Client = client,
        };
    }

    private static PlateauClientOptions? ReadClient(ParseResult result, ref string? fault)
    {
        var demo = result.GetValue(ImportOptions.DemoFile) is { } path
            ? ReadDemoFile(path, ref fault)
            : FindDemo(result);
        var url = result.GetValue(ImportOptions.Url) ?? demo?.BaseUrl;
        var account = result.GetValue(ImportOptions.Account) ?? demo?.AccountId
            ?? Environment.GetEnvironmentVariable(AccountVariable);
        var key = result.GetValue(ImportOptions.Key) ?? demo?.SecretKey
            ?? Environment.GetEnvironmentVariable(KeyVariable);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            fault ??= "--url must be the server's address, such as http://127.0.0.1:5080.";
        }
        if (!ObjectIdText.TryParse(account, out AccountId accountId))
        {
            fault ??= $"--account, {AccountVariable} or --demo-file must tell the account, acc_ and 24 hex digits.";
        }
        if (string.IsNullOrEmpty(key))
        {
            fault ??= $"--key, {KeyVariable} or --demo-file must tell the secret key.";
        }
        return fault is not null || address is null || key is null
            ? null
            : new PlateauClientOptions
            {
                BaseAddress = address,
                AccountId = accountId,
                SecretKey = key,
                // Long enough for a server that is started again.
                MaxAttempts = 25,
                MaxTotalWait = TimeSpan.FromMinutes(2),
            };
    }

    // The demo that was started in this folder, where nothing says who calls. Its key goes to nobody else.
    private static DemoFile? FindDemo(ParseResult result)
    {
        var isCallerTold = (result.GetValue(ImportOptions.Account) ?? result.GetValue(ImportOptions.Key)
            ?? Environment.GetEnvironmentVariable(AccountVariable)
            ?? Environment.GetEnvironmentVariable(KeyVariable)) is not null;
        return !isCallerTold && DemoFile.Find(DemoFile.PathIn(DemoDataDirectory)) is { } demo
            && (result.GetValue(ImportOptions.Url) is not { } url || IsSameServer(url, demo.BaseUrl))
            ? demo
            : null;
    }

    private static bool IsSameServer(string url, string other) =>
        Uri.TryCreate(url, UriKind.Absolute, out var one) && Uri.TryCreate(other, UriKind.Absolute, out var two)
        && (one == two || (one.IsLoopback && two.IsLoopback && one.Scheme == two.Scheme && one.Port == two.Port));

    private static DemoFile? ReadDemoFile(string path, ref string? fault)
    {
        try
        {
            return DemoFile.Read(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            fault ??= $"--demo-file cannot be read: {refusal.Message}";
        }
        catch (JsonException)
        {
            fault ??= "--demo-file must be the demo.json of a server: base_url, account_id and secret_key.";
        }
        return null;
    }
}
