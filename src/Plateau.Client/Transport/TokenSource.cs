using System.Net.Http.Headers;
using System.Text;
using Plateau.Contracts;

namespace Plateau.Client.Transport;

/// <summary>
/// Keeps a bearer token and renews it before it ends. However many callers need a new one at once, one sign-in is sent.
/// A token that the options bring is the only one there is.
/// </summary>
internal sealed class TokenSource(HttpSender sender, PlateauClientOptions options)
{
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private Task<Token>? _current =
        options.BearerToken is { } token ? Task.FromResult(Token.ForEver(token)) : null;

    /// <summary>Whether a refused token can be followed by another one.</summary>
    public bool CanRenew => options.BearerToken is null;

    /// <summary>A token that is good for a while.</summary>
    /// <param name="cancel">Gives up waiting; the sign-in goes on for the other callers.</param>
    /// <exception cref="PlateauException">The sign-in did not succeed.</exception>
    public Task<Token> GetAsync(CancellationToken cancel) => Current().WaitAsync(cancel);

    /// <summary>Signs in anew at the next call, if this is still the token in use: the server refused it.</summary>
    public void Forget(Token refused)
    {
        lock (_lock)
        {
            if (CanRenew && _current is { IsCompletedSuccessfully: true } current
                && ReferenceEquals(current.Result, refused))
            {
                _current = null;
            }
        }
    }

    private Task<Token> Current()
    {
        lock (_lock)
        {
            var usable = _current is { } current && (!current.IsCompleted
                || (current.IsCompletedSuccessfully && options.Clock.GetUtcNow() < current.Result.RenewAt));
            if (!usable || _current is null)
            {
                // Started elsewhere, because nothing of a sign-in may run while the lock is held.
                _current = Task.Run(SignInAsync);
            }
            return _current;
        }
    }

    private async Task<Token> SignInAsync()
    {
        var credentials = Encoding.UTF8.GetBytes($"{options.AccountId}:{options.SecretKey}");
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
        var asked = options.Clock.GetUtcNow();
        // Nobody may cancel what others wait for; tries and waits are bounded.
        var answer = await sender.SendAsync(
            ApiRequest.Get("login"), basic, ContractsJsonContext.Default.AccessToken, CancellationToken.None);
        var lifetime = TimeSpan.FromSeconds(answer.Value.ExpiresIn);
        var margin = lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin;
        return new Token(answer.Value.BearerToken, asked + lifetime - margin);
    }
}

/// <summary>A bearer token; a class, because a record prints its members.</summary>
internal sealed class Token(string text, DateTimeOffset renewAt)
{
    /// <summary>The header that carries it.</summary>
    public AuthenticationHeaderValue Authorization { get; } = new("Bearer", text);

    /// <summary>From when on another one is fetched, UTC; before its end.</summary>
    public DateTimeOffset RenewAt => renewAt;

    /// <summary>A token that is never replaced.</summary>
    public static Token ForEver(string text) => new(text, DateTimeOffset.MaxValue);
}
