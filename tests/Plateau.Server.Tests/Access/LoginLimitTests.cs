using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Tests.Access;

/// <summary>Guessing at keys is bounded, also by many guesses at once; signing in is not.</summary>
public sealed class LoginLimitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task A_hundred_wrong_tries_at_once_get_ten_answers(Store store)
    {
        await using var server = await TestServer.StartAsync(
            store, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var account = server.AccountId.ToString();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(number => LoginAsync(server, account, $"sk_test_{number}")));

        var judged = answers.Where(answer => answer.Status != HttpStatusCode.TooManyRequests).ToList();
        Assert.Equal(10, judged.Count);
        Assert.All(judged, answer => answer.ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.CredentialsInvalid));
        Assert.All(answers.Except(judged), answer =>
            answer.ShouldFail(HttpStatusCode.TooManyRequests, ErrorCodes.LoginLimitExceeded));
    }

    [Theory, EveryStore]
    public async Task A_hundred_right_tries_at_once_all_sign_in(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var (_, secret) = await server.CreateKeyAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => LoginAsync(server, server.AccountId.ToString(), secret)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
    }

    [Fact]
    public void An_ipv6_address_is_counted_with_its_network_and_a_mapped_one_as_ipv4()
    {
        Assert.Equal(Subject("2001:db8:1:2::1"), Subject("2001:db8:1:2:ffff::9"));
        Assert.NotEqual(Subject("2001:db8:1:2::1"), Subject("2001:db8:1:3::1"));
        Assert.Equal(Subject("192.0.2.1"), Subject("::ffff:192.0.2.1"));
        Assert.NotEqual(Subject("192.0.2.1"), Subject("192.0.2.2"));
    }

    [Fact]
    public async Task A_full_memory_forgets_the_oldest_failure_only()
    {
        var clock = new FakeTimeProvider();
        var limiter = new LoginLimiter(clock, Options.Create(new AccessOptions { FailedLoginsPerMinute = 1 }));
        await FailAsync(limiter, "oldest");
        clock.Advance(TimeSpan.FromSeconds(1));
        for (var number = 1; number < LoginLimiter.MaxRemembered; number++)
        {
            await FailAsync(limiter, $"{number}");
        }
        Assert.NotNull(await limiter.BeginAsync("oldest", Cancel));

        await FailAsync(limiter, "one more");

        Assert.Equal(LoginLimiter.MaxRemembered, limiter.Remembered);
        Assert.NotNull(await limiter.BeginAsync("1", Cancel));
        Assert.Null(await limiter.BeginAsync("oldest", Cancel));
        limiter.End("oldest", failed: false);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await limiter.BeginAsync("1", Cancel));
        limiter.End("1", failed: false);
        Assert.Equal(0, limiter.Remembered);
    }

    private static string Subject(string address) => LoginAttempt.AddressOf(IPAddress.Parse(address));

    private static async Task FailAsync(LoginLimiter limiter, string subject)
    {
        Assert.Null(await limiter.BeginAsync(subject, Cancel));
        limiter.End(subject, failed: true);
    }

    private static Task<ApiAnswer> LoginAsync(TestServer server, string account, string secret)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/auth/tokens");
        request.Headers.Authorization = ApiClient.Basic(account, secret);
        return server.Anonymous().SendAsync(request);
    }
}
