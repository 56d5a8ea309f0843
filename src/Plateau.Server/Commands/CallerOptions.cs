using System.CommandLine;
using System.Text.Json;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Commands;

/// <summary>The options by which a command that calls a server is told which, and who calls.</summary>
internal static class CallerOptions
{
    public const string UrlVariable = "PLATEAU_URL";
    public const string AccountVariable = "PLATEAU_ACCOUNT";
    public const string KeyVariable = "PLATEAU_KEY";
    private const string DemoDataDirectory = "data";

    public static readonly Option<string?> Url = new("--url")
    {
        Description = "Address of the server, such as http://127.0.0.1:5080. Default: PLATEAU_URL.",
        HelpName = "address",
    };

    public static readonly Option<string?> Account = new("--account")
    {
        Description = "Id of the account, acc_… Default: PLATEAU_ACCOUNT.",
        HelpName = "id",
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = "Secret key. Default, and better, as others may see the arguments: PLATEAU_KEY.",
        HelpName = "secret",
    };

    public static readonly Option<string?> Profile = new("--profile")
    {
        Description = "The profile that `plateau login` saved. [default: default]",
        HelpName = "name",
        Validators = { Profiles.CheckName },
    };

    public static readonly Option<string?> DemoFile = new("--demo-file")
    {
        Description = "The demo.json of a demo server: address, account and key. Default: data/demo.json.",
        HelpName = "path",
    };

    /// <summary>Gives a command all of them.</summary>
    public static void AddTo(Command command)
    {
        command.Add(Url);
        command.Add(Account);
        command.Add(Key);
        command.Add(Profile);
        command.Add(DemoFile);
    }

    /// <summary>
    /// Reads who calls: from the options, then the environment, then a file, which is the one of --demo-file or
    /// --profile, else the profile named default, else that of the demo started in this folder.
    /// </summary>
    /// <param name="result">The command line.</param>
    /// <param name="fault">What is wrong, in one line; null when nothing is.</param>
    public static PlateauClientOptions? Read(ParseResult result, out string? fault)
    {
        fault = null;
        var file = FindFile(result, ref fault);
        var url = result.GetValue(Url) ?? file?.BaseUrl ?? Environment.GetEnvironmentVariable(UrlVariable);
        var account = result.GetValue(Account) ?? file?.AccountId
            ?? Environment.GetEnvironmentVariable(AccountVariable);
        var key = result.GetValue(Key) ?? file?.SecretKey ?? Environment.GetEnvironmentVariable(KeyVariable);
        if ((url ?? account ?? key) is null)
        {
            fault ??= "Nothing tells which server to call: sign in with `plateau login ADDRESS ACCOUNT`, name it with "
                + $"--url, --account and {KeyVariable}, or name the file of a demo with --demo-file data/demo.json.";
        }
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            fault ??= $"--url or {UrlVariable} must be the server's address, such as http://127.0.0.1:5080; "
                + "or sign in with: plateau login";
        }
        if (!ObjectIdText.TryParse(account, out AccountId accountId))
        {
            fault ??= $"--account, {AccountVariable} or --demo-file must tell the account, acc_ and 24 hex digits; "
                + "or sign in with: plateau login";
        }
        if (string.IsNullOrEmpty(key))
        {
            fault ??= $"--key, {KeyVariable} or --demo-file must tell the secret key.";
        }
        return fault is not null || address is null || key is null
            ? null
            : new PlateauClientOptions { BaseAddress = address, AccountId = accountId, SecretKey = key };
    }

    private static CallerFile? FindFile(ParseResult result, ref string? fault)
    {
        if (result.GetValue(DemoFile) is { } path)
        {
            return ReadFile(path, "--demo-file", ref fault);
        }
        if (result.GetValue(Profile) is { } profile)
        {
            return ReadFile(Profiles.PathOf(profile), "--profile", ref fault);
        }
        var isCallerTold = (result.GetValue(Account) ?? result.GetValue(Key)
            ?? Environment.GetEnvironmentVariable(AccountVariable)
            ?? Environment.GetEnvironmentVariable(KeyVariable)) is not null;
        // The key of a file goes to the file's own server and to no other.
        return isCallerTold
            ? null
            : new[] { Profiles.PathOf(Profiles.Default), CallerFile.DemoIn(DemoDataDirectory) }
                .Select(CallerFile.Find)
                .FirstOrDefault(file => file is not null && IsMeant(
                    result.GetValue(Url) ?? Environment.GetEnvironmentVariable(UrlVariable), file.BaseUrl));
    }

    private static CallerFile? ReadFile(string path, string option, ref string? fault)
    {
        try
        {
            return CallerFile.Read(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            fault ??= $"{option} cannot be read: {refusal.Message}";
        }
        catch (JsonException)
        {
            fault ??= $"{option} must be a file of base_url, account_id and secret_key; {path} is not.";
        }
        return null;
    }

    private static bool IsMeant(string? url, string ofFile) => url is null
        || (Uri.TryCreate(url, UriKind.Absolute, out var one) && Uri.TryCreate(ofFile, UriKind.Absolute, out var two)
            && (one == two
                || (one.IsLoopback && two.IsLoopback && one.Scheme == two.Scheme && one.Port == two.Port)));
}
