using Plateau.Contracts;

namespace Plateau.Client;

/// <summary>Where the server is, who calls, and how patient a call is.</summary>
public sealed record PlateauClientOptions
{
    /// <summary>Address of the server, absolute, http or https; it may have a path above the routes.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The account that signs in, together with <see cref="SecretKey"/>. Null with a token.</summary>
    public AccountId? AccountId { get; init; }

    /// <summary>
    /// A secret key of the account, <c>sk_test_…</c> or <c>sk_live_…</c>; it chooses the mode. Null with a token.
    /// </summary>
    public string? SecretKey { get; init; }

    /// <summary>
    /// A bearer token that somebody else signed in for, instead of account and key: it is sent as it is and never
    /// renewed, so the first 401 ends a call. Null with account and key.
    /// </summary>
    public string? BearerToken { get; init; }

    /// <summary>
    /// How often a call that is safe to repeat is tried, the first time included; at least 1. Default 5.
    /// </summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>
    /// How long one call waits between its tries: once its waits have come to this, or would with the time that the
    /// server asks for, it is given up. Default 30 seconds.
    /// </summary>
    public TimeSpan MaxTotalWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of waits and of the token's end. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The record as text, without key and token.</summary>
    public override string ToString() => $"{(AccountId is { } account ? account : "A token")} at {BaseAddress}";
}
