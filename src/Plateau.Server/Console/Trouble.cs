using System.Net;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>What a visitor can do when something went wrong.</summary>
public enum Remedy
{
    /// <summary>Try the same again.</summary>
    TryAgain,

    /// <summary>Sign in, with the same or another key.</summary>
    SignIn,

    /// <summary>Leave the page.</summary>
    GoBack,
}

/// <summary>Something that went wrong, in words for a visitor.</summary>
/// <param name="Title">What happened.</param>
/// <param name="Text">Why, and what it means.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="RequestId">Names the request in the server's log; null when that does not help.</param>
public sealed record Trouble(string Title, string Text, Remedy Remedy, string? RequestId = null)
{
    /// <summary>The words for a call that did not succeed.</summary>
    public static Trouble Of(PlateauException fault) => fault.Status switch
    {
        HttpStatusCode.Unauthorized => SessionEnded,
        HttpStatusCode.Forbidden => OfForbidden(fault),
        HttpStatusCode.NotFound => new(
            "It is not there", $"{fault.Message} It may have been deleted.", Remedy.GoBack),
        HttpStatusCode.TooManyRequests => new(
            "Too many calls", "The account has used up its calls of this minute. Wait a moment, then try again.",
            Remedy.TryAgain),
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.Conflict => new(
            "That cannot be done", Explain(fault), Remedy.GoBack),
        HttpStatusCode.ServiceUnavailable => new(
            "The server cannot answer now", $"{fault.Message} Devices repeat what they submit, so nothing is lost.",
            Remedy.TryAgain, fault.RequestId),
        _ => new(
            "The server failed", "Try again in a moment; the operator's log says more.", Remedy.TryAgain,
            fault.RequestId),
    };

    /// <summary>The visitor's token has ended, or its key was revoked.</summary>
    public static Trouble SessionEnded { get; } = new(
        "Your sign-in has ended",
        "A sign-in lasts an hour, and ends earlier when its key is revoked. Sign in again to come back to this page.",
        Remedy.SignIn);

    /// <summary>The visitor's key may not do what was asked.</summary>
    public static Trouble ScopeInsufficient { get; } = new(
        "Your key may not do this",
        "You are signed in with a key whose scope does not allow it: submit only sends states, read looks, manage also "
        + "changes. Sign in with another key.",
        Remedy.SignIn);

    private static Trouble OfForbidden(PlateauException fault) => fault.Code switch
    {
        ErrorCodes.ScopeInsufficient => ScopeInsufficient,
        ErrorCodes.AccountDisabled => new(
            "The account is disabled", "Ask the server's operator to enable it.", Remedy.SignIn),
        _ => new("Not shared", fault.Message, Remedy.GoBack),
    };

    private static string Explain(PlateauException fault) => fault.Error?.Errors is { Count: > 0 } errors
        ? string.Join(" ", errors.Select(error => error.Message))
        : fault.Message;
}
