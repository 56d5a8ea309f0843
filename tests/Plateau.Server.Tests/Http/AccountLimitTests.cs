using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Tests.Http;

/// <summary>The limit of calls an account may make.</summary>
public sealed class AccountLimitTests
{
    private static readonly Dictionary<string, string?> TwoCallsAMinute = new()
    {
        ["Plateau:Http:RequestsPerMinute"] = "2",
    };

    [Fact]
    public async Task Calls_beyond_the_limit_are_rate_limit_exceeded_until_the_minute_is_over()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var server = await TestServer.StartAsync(Store.Embedded, clock, TwoCallsAMinute);

        var first = await server.Api.GetAsync("/account");
        clock.Advance(TimeSpan.FromSeconds(20));
        var second = await server.Api.GetAsync("/account");
        var third = await server.Api.GetAsync("/account");

        Assert.Equal(("2", "1", "60"), LimitOf(first));
        Assert.Equal(("2", "0", "40"), LimitOf(second));
        var error = third.ShouldFail(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimitExceeded);
        Assert.Equal("rate_limit", error.Type);
        Assert.Equal(("2", "0", "40"), LimitOf(third));
        Assert.Equal(TimeSpan.FromSeconds(40), third.Headers.RetryAfter?.Delta);

        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(("2", "1", "60"), LimitOf(await server.Api.GetAsync("/account")));
    }

    [Fact]
    public async Task The_limit_is_of_the_account_whichever_its_key_and_of_no_other_account()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var server = await TestServer.StartAsync(Store.Embedded, clock, TwoCallsAMinute);
        var live = await server.SignInAsync(liveMode: true);
        var other = await server.SignInAsync(account: await server.CreateAccountAsync("Other"));

        await server.Api.GetAsync("/account");
        await live.GetAsync("/account");

        (await live.GetAsync("/account")).ShouldFail(HttpStatusCode.TooManyRequests, ErrorCodes.RateLimitExceeded);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/account")).Status);
    }

    [Fact]
    public async Task Without_the_setting_nothing_is_limited_and_nothing_is_told()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var answer = await server.Api.GetAsync("/account");
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("RateLimit", StringComparison.Ordinal));
    }

    [Fact]
    public void The_memory_of_accounts_is_bounded()
    {
        var limiter = new AccountLimiter(
            new FakeTimeProvider(), Options.Create(new HttpOptions { RequestsPerMinute = 1 }));
        var most = 0;
        for (var number = 1u; number <= 25_000; number++)
        {
            Assert.True(limiter.Count(AccountId.Of(ObjectId.From(number, number))).IsAllowed);
            most = Math.Max(most, limiter.Remembered);
        }
        Assert.Equal(10_000, most);
    }

    private static (string Limit, string Remaining, string Reset) LimitOf(ApiAnswer answer) => (
        answer.Headers.GetValues("RateLimit-Limit").Single(),
        answer.Headers.GetValues("RateLimit-Remaining").Single(),
        answer.Headers.GetValues("RateLimit-Reset").Single());
}
