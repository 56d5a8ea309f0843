using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>Words for a key's scope.</summary>
internal static class KeyText
{
    /// <summary>Every scope, the narrowest first.</summary>
    public static IReadOnlyList<KeyScope> Scopes { get; } = [KeyScope.Submit, KeyScope.Read, KeyScope.Manage];

    /// <summary>The scope as the API names it.</summary>
    public static string NameOf(KeyScope scope) => scope switch
    {
        KeyScope.Submit => "submit",
        KeyScope.Read => "read",
        _ => "manage",
    };

    /// <summary>What a key of the scope is for.</summary>
    public static string MeaningOf(KeyScope scope) => scope switch
    {
        KeyScope.Submit => "Sends states of devices, and sees nothing. For devices and gateways.",
        KeyScope.Read => "Reads everything, changes nothing. For dashboards and reports.",
        _ => "Reads and changes everything, keys too. For your back end and for operators.",
    };
}
