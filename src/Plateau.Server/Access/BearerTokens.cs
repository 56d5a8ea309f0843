using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Plateau.Contracts;

namespace Plateau.Server.Access;

/// <summary>Makes and checks bearer tokens. What was checked once is remembered until the token ends.</summary>
internal sealed class BearerTokens(SigningKeys keys, TimeProvider clock, IOptions<AccessOptions> options)
{
    /// <summary>How far the clocks of two processes may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    // A token is about 400 bytes, so the memory of tokens stays below some 10 MB.
    private const int MaxRemembered = 10_000;
    private const int MaxTokenLength = 4096;

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ConcurrentDictionary<string, Remembered> _remembered = new(StringComparer.Ordinal);

    /// <summary>Makes a token for a caller.</summary>
    public async Task<AccessToken> CreateAsync(Caller caller, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var seconds = options.Value.TokenSeconds;
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Value.Issuer,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddSeconds(seconds),
            SigningCredentials = new SigningCredentials(
                await keys.CurrentAsync(cancel), SecurityAlgorithms.HmacSha256),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = caller.AccountId.ToString(),
                ["key_id"] = caller.KeyId.ToString(),
                ["scope"] = ScopeNames.Of(caller.Scope),
                ["live_mode"] = caller.LiveMode,
            },
        });
        return new AccessToken { BearerToken = token, ExpiresIn = seconds, LiveMode = caller.LiveMode };
    }

    /// <summary>Checks a token's form, signature and times.</summary>
    public ValueTask<TokenCheck> CheckAsync(string token, CancellationToken cancel)
    {
        if (_remembered.TryGetValue(token, out var remembered))
        {
            return new(clock.GetUtcNow() < remembered.Ends
                ? new TokenCheck(remembered.Caller, Expired: false)
                : new TokenCheck(null, Expired: true));
        }
        return CheckUnknownAsync(token, cancel);
    }

    private async ValueTask<TokenCheck> CheckUnknownAsync(string token, CancellationToken cancel)
    {
        if (token.Length > MaxTokenLength || KeyNameOf(token) is not { } name
            || await keys.FindAsync(name, cancel) is not { } key)
        {
            return new(null, Expired: false);
        }
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = options.Value.Issuer,
            ValidateAudience = false,
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireExpirationTime = true,
            LifetimeValidator = (from, to, _, _) => IsWithin(from, to),
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken read || CallerOf(read) is not { } caller)
        {
            return new(null, Expired: result.Exception is SecurityTokenInvalidLifetimeException);
        }
        if (_remembered.Count >= MaxRemembered)
        {
            _remembered.Clear();
        }
        _remembered[token] = new(caller, new DateTimeOffset(read.ValidTo, TimeSpan.Zero) + ClockSkew);
        return new(caller, Expired: false);
    }

    private string? KeyNameOf(string token)
    {
        try
        {
            return _handler.ReadJsonWebToken(token).Kid;
        }
        catch (Exception exception) when (exception is SecurityTokenException or ArgumentException)
        {
            return null; // three parts that are not a token's
        }
    }

    private bool IsWithin(DateTime? from, DateTime? to)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return from is { } start && to is { } end && start - ClockSkew <= now && now < end + ClockSkew;
    }

    private static Caller? CallerOf(JsonWebToken token) =>
        ObjectIdText.TryParse(token.Subject, out AccountId account)
        && token.TryGetPayloadValue("key_id", out string keyText) && ObjectIdText.TryParse(keyText, out KeyId key)
        && token.TryGetPayloadValue("scope", out string scopeText) && ScopeNames.TryParse(scopeText, out var scope)
        && token.TryGetPayloadValue("live_mode", out bool liveMode)
            ? new Caller(account, liveMode, key, scope)
            : null;

    private readonly record struct Remembered(Caller Caller, DateTimeOffset Ends);
}

/// <summary>What a check of a token found.</summary>
/// <param name="Caller">Who it speaks for; null when it is not valid.</param>
/// <param name="Expired">Whether it is not valid because its time is over, or has not begun.</param>
internal readonly record struct TokenCheck(Caller? Caller, bool Expired);
