using System.Net;

namespace Plateau.Server.Tests.Http;

/// <summary>The reference, as it is served.</summary>
public sealed class ReferencePageTests
{
    [Fact]
    public async Task The_page_its_scripts_and_the_document_are_there_without_a_token()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var anonymous = server.Anonymous();

        var page = await anonymous.GetAsync("/docs");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("https://", page.Text, StringComparison.Ordinal);
        foreach (var script in new[] { "/docs/scalar.js", "/docs/scalar.aspnetcore.js" })
        {
            Assert.True((await anonymous.GetAsync(script)).Text.Length > 100, script);
        }
        var document = (await anonymous.GetAsync("/openapi.json")).Body;
        Assert.StartsWith("3.1", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(document["servers"]);
    }
}
