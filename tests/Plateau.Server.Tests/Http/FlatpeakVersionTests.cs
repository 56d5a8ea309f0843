using System.Net;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Http;

/// <summary>The header that names the version of the Flatpeak API.</summary>
public sealed class FlatpeakVersionTests
{
    private const string Header = "Flatpeak-Version";

    [Fact]
    public async Task A_version_is_echoed_by_successes_and_refusals()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        foreach (var path in new[] { "/account", "/devices/dev_000000000000000000000000", "/nowhere" })
        {
            var answer = await SendAsync(server.Api, path, "2024-02-29.alps");
            Assert.Equal("2024-02-29.alps", answer.Headers.GetValues(Header).Single());
        }
        var refused = await SendAsync(server.Anonymous(), "/account", "2024-02-29.alps");
        Assert.Equal("2024-02-29.alps", refused.Headers.GetValues(Header).Single());
    }

    [Fact]
    public async Task An_ill_formed_version_is_flatpeak_version_invalid()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        string[] wrong =
            ["2024-02-30.alps", "2024-02-29", "2024-02-29.", "24-02-29.alps", "2024-02-29.al ps", "alps", ""];
        foreach (var version in wrong)
        {
            var answer = await SendAsync(server.Api, "/account", version);
            var error = answer.ShouldFail(HttpStatusCode.BadRequest, ErrorCodes.VersionInvalid);
            Assert.Equal(Header, error.Errors?.Single().Path);
            Assert.False(answer.Headers.Contains(Header));
        }
    }

    [Fact]
    public async Task A_missing_token_is_refused_before_an_ill_formed_version()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        (await SendAsync(server.Anonymous(), "/account", "alps"))
            .ShouldFail(HttpStatusCode.Unauthorized, ErrorCodes.AuthorizationMissing);
    }

    private static Task<ApiAnswer> SendAsync(ApiClient api, string path, string version)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(Header, version);
        return api.SendAsync(request);
    }
}
