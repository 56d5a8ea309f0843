using System.Net;
using Microsoft.Extensions.Time.Testing;
using Plateau.Contracts;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Tests.WebConsole;

/// <summary>Signing in to the console and out of it, and what its cookie is good for.</summary>
public sealed class SignInTests
{
    private const string SessionCookie = "plateau_console";

    [Theory, EveryStore]
    public async Task A_visitor_signs_in_once_for_all_processes_and_gets_back_to_the_page(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Read);
        using var visitor = new ConsoleVisitor(server.BaseAddress);

        var asked = await visitor.GetAsync("/console/devices?kind=battery");
        Assert.Equal(HttpStatusCode.Found, asked.Status);
        var signIn = new Uri(asked.Location!, UriKind.Absolute).PathAndQuery;
        Assert.Equal("/console/sign-in?return=%2Fconsole%2Fdevices%3Fkind%3Dbattery", signIn);
        var signedIn = await visitor.SignInAsync(server.AccountId.ToString(), secret, signIn);

        Assert.Equal(HttpStatusCode.Found, signedIn.Status);
        Assert.EndsWith("/console/devices?kind=battery", signedIn.Location, StringComparison.Ordinal);
        var cookie = visitor.Cookies[SessionCookie];
        Assert.True(cookie.HttpOnly);
        Assert.Equal("/console", cookie.Path.ToString());
        Assert.Equal(Microsoft.Net.Http.Headers.SameSiteMode.Lax, cookie.SameSite);
        Assert.InRange(
            cookie.Expires!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(58), TimeSpan.FromHours(1));
        Assert.DoesNotContain(secret, cookie.Value.ToString(), StringComparison.Ordinal);

        using var elsewhere = new ConsoleVisitor(beside.BaseAddress);
        elsewhere.Cookies[SessionCookie] = cookie;
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/console/devices")).Status);
    }

    [Fact]
    public async Task A_wrong_key_is_told_and_after_ten_of_them_how_long_to_wait()
    {
        await using var server = await TestServer.StartAsync(
            Store.Embedded, new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var account = server.AccountId.ToString();
        using var visitor = new ConsoleVisitor(server.BaseAddress);

        for (var attempt = 0; attempt < 10; attempt++)
        {
            var refused = await visitor.SignInAsync(account, "sk_test_wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
            Assert.Contains("Account and key do not belong together", refused.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("sk_test_wrong", refused.Text, StringComparison.Ordinal);
        }
        var locked = await visitor.SignInAsync(account, "sk_test_wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.Status);
        Assert.Contains("Wait 60 s, then try again.", locked.Text, StringComparison.Ordinal);
        Assert.Equal("60", locked.Header("Retry-After"));
        Assert.DoesNotContain(SessionCookie, visitor.Cookies.Keys);

        // The same address is refused at the API's own door, so both doors count together.
        var login = new HttpRequestMessage(HttpMethod.Get, "/login");
        login.Headers.Authorization = ApiClient.Basic("acc_000000000000000000000000", "sk_test_wrong");
        (await server.Anonymous().SendAsync(login)).ShouldFail(
            HttpStatusCode.TooManyRequests, ErrorCodes.LoginLimitExceeded);
    }

    [Fact]
    public async Task A_sign_in_that_cannot_be_answered_now_is_told_why_as_the_api_tells_it()
    {
        await using var server = await TestServer.StartAsync(
            Store.Postgres, settings: new Dictionary<string, string?> { ["Plateau:Http:RequestTimeoutSeconds"] = "1" });
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        await visitor.GetAsync("/console/sign-in");
        await using var hold = await RowHold.OfKeysAsync(server);
        var login = new HttpRequestMessage(HttpMethod.Get, "/login");
        login.Headers.Authorization = ApiClient.Basic(server.AccountId.ToString(), "sk_test_any");
        var told = (await server.Anonymous().SendAsync(login)).ShouldFail(
            HttpStatusCode.ServiceUnavailable, ErrorCodes.StorageUnavailable);

        var refused = await visitor.SignInAsync(server.AccountId.ToString(), "sk_test_any");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Contains("The server cannot answer now", refused.Text, StringComparison.Ordinal);
        Assert.Contains(told.Message, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_ends_with_its_token()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(Store.Embedded, clock);
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Read);
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        await visitor.SignInAsync(server.AccountId.ToString(), secret);

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/console")).Status);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Found, (await visitor.GetAsync("/console")).Status);
    }

    [Fact]
    public async Task Signing_out_takes_the_cookie_and_wants_the_pages_own_form()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Read);
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        await visitor.SignInAsync(server.AccountId.ToString(), secret);
        var page = await visitor.GetAsync("/console");

        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync("/console/sign-out", "forged")).Status);
        Assert.Contains(SessionCookie, visitor.Cookies.Keys);
        var signedOut = await visitor.PostAsync("/console/sign-out", ConsoleVisitor.FormTokenOf(page.Text));

        Assert.Equal("/console/sign-in?signed-out=true", signedOut.Location);
        Assert.DoesNotContain(SessionCookie, visitor.Cookies.Keys);
        Assert.Equal(HttpStatusCode.Found, (await visitor.GetAsync("/console")).Status);
    }

    [Fact]
    public async Task A_sign_in_form_of_another_site_is_refused()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Read);
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        var forged = await visitor.PostAsync(
            "/console/sign-in", "forged", ("_handler", "sign-in"), ("Account", server.AccountId.ToString()),
            ("SecretKey", secret));
        Assert.Equal(HttpStatusCode.BadRequest, forged.Status);
        Assert.DoesNotContain(SessionCookie, visitor.Cookies.Keys);
    }

    [Fact]
    public async Task The_cookie_opens_nothing_of_the_api_and_a_token_nothing_of_the_console()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync(KeyScope.Manage);
        using var visitor = new ConsoleVisitor(server.BaseAddress);
        await visitor.SignInAsync(server.AccountId.ToString(), secret);

        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.GetAsync("/devices")).Status);
        using var noRedirects = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        noRedirects.DefaultRequestHeaders.Authorization = server.Api.Http.DefaultRequestHeaders.Authorization;
        using var page = await noRedirects.GetAsync(
            new Uri(server.BaseAddress, "/console"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, page.StatusCode);
    }

    [Theory]
    [InlineData("/console", "/console")]
    [InlineData("/console?x=1", "/console?x=1")]
    [InlineData("/console/devices/dev_1", "/console/devices/dev_1")]
    [InlineData("/console/devices?prefix=a..b//c", "/console/devices?prefix=a..b//c")]
    [InlineData(null, "/console")]
    [InlineData("", "/console")]
    [InlineData("https://example.org/console", "/console")]
    [InlineData("//example.org/console", "/console")]
    [InlineData("/console//example.org", "/console")]
    [InlineData("/console/..//example.org", "/console")]
    [InlineData("/console/../devices", "/console")]
    [InlineData("/console/%2e%2E/devices", "/console")]
    [InlineData("/console/.%2e/devices", "/console")]
    [InlineData("/console\\\\example.org", "/console")]
    [InlineData("/consoles", "/console")]
    [InlineData("/console/\r\nSet-Cookie: a=b", "/console")]
    public void A_sign_in_leads_to_pages_of_the_console_only(string? asked, string to) =>
        Assert.Equal(to, ReturnPath.Of(asked));
}
