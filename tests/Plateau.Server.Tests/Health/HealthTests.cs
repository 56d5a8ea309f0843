using System.Net;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Health;

/// <summary>What a balancer or a person is told of a process.</summary>
public sealed class HealthTests
{
    [Theory, EveryStore]
    public async Task Without_its_store_a_process_lives_and_is_not_ready(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var client = server.Anonymous();
        Assert.Equal("ok", (await client.GetAsync("/health/ready")).Body["status"]!.GetValue<string>());

        await server.ExecuteAsync("alter table schema_versions rename to schema_versions_away");

        var answer = await client.GetAsync("/health/ready");
        answer.ShouldFail(HttpStatusCode.ServiceUnavailable, ErrorCodes.StorageUnavailable);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("ok", (await client.GetAsync("/health/live")).Body["status"]!.GetValue<string>());
    }
}
