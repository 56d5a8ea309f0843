using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Plateau.Server.Storage;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>All that is kept of a customer, in one stream.</summary>
public sealed class CustomerExportTests
{
    [Theory, EveryStore]
    public async Task A_customers_export_has_all_of_it_and_nothing_of_others(Store store)
    {
        await using var server = await TestServer.StartAsync(
            store, settings: new Dictionary<string, string?> { ["Plateau:Telemetry:PackAfterMinutes"] = "0" });
        var customer = (await server.Api.PostAsync("/customers", """{"reference_id":"C1"}""")).Created();
        var home = await server.Api.CreateLocationAsync(Placed(customer));
        var second = await server.Api.CreateLocationAsync(Placed(customer));
        var elsewhere = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{home}}","{{second}}"]}""");
        var silent = await server.Api.CreateDeviceAsync($$"""{"locations":["{{second}}"]}""");
        var other = await server.Api.CreateDeviceAsync($$"""{"locations":["{{elsewhere}}"]}""");
        var states = new List<string>();
        for (var minute = 0; minute < 20; minute++)
        {
            var time = $"2022-02-01T10:{minute:D2}:00Z";
            var state = Some.State(home, $"A{minute}", time: time);
            var answer = await server.Api.PutAsync($"/devices/{device}/state", state);
            states.Add(answer.Body["id"]!.GetValue<string>());
            await server.Api.PutAsync($"/devices/{silent}/state", Some.State(second, $"B{minute}", time: time));
            await server.Api.PutAsync($"/devices/{other}/state", Some.State(elsewhere, $"C{minute}", time: time));
        }
        await server.PackAsync();
        await server.Api.PatchAsync($"/devices/{silent}", """{"consents":{"telemetry":false}}""");

        var answered = await server.Api.GetAsync($"/customers/{customer}/export");

        Assert.Equal("application/x-ndjson", answered.ContentHeaders.ContentType?.MediaType);
        var lines = answered.Text.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(
            [customer, home, second, device, silent],
            lines.Where(line => Of(line) is "customer" or "location" or "device").Select(Id));
        Assert.Equal(3, lines.Count(line => Of(line) == "consent_change"));
        Assert.Equal(states, lines.Where(line => Of(line) == "device_state").Select(Id));
        Assert.Equal(
            (await server.Api.GetAsync($"/devices/{device}")).Text,
            lines.Single(line => Id(line) == device).ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await server.Api.GetAsync("/customers/cus_1/export")).Status);
    }

    [Theory, EveryStore]
    public async Task No_more_exports_are_made_at_once_than_may_be(Store store)
    {
        await using var server = await TestServer.StartAsync(
            store, settings: new Dictionary<string, string?> { ["Plateau:Telemetry:MaxExports"] = "1" });
        var customer = (await server.Api.PostAsync("/customers", "{}")).Created();
        var device = await server.Api.CreateDeviceAsync();
        using (server.Services.GetRequiredService<BulkPlaces>().TryTakeExport())
        {
            (await server.Api.GetAsync($"/customers/{customer}/export"))
                .ShouldFail(HttpStatusCode.ServiceUnavailable, "storage_unavailable");
            (await server.Api.SendAsync(Csv(device)))
                .ShouldFail(HttpStatusCode.ServiceUnavailable, "storage_unavailable");
        }
        for (var times = 0; times < 3; times++)
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/customers/{customer}/export")).Status);
            Assert.Equal(HttpStatusCode.OK, (await server.Api.SendAsync(Csv(device))).Status);
        }
    }

    [Fact]
    public async Task A_history_as_csv_may_take_longer_than_other_requests()
    {
        await using var server = await TestServer.StartAsync(
            Store.Postgres, settings: new Dictionary<string, string?> { ["Plateau:Http:RequestTimeoutSeconds"] = "1" });
        var device = await server.Api.CreateDeviceAsync();
        await using var connection = await server.Services.GetRequiredService<Engine>().Postgres
            .OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var held = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var slow = new NpgsqlCommand("lock table state_chunks", connection);
        await slow.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var csv = server.Api.SendAsync(Csv(device));
        var page = await server.Api.GetAsync($"/devices/{device}/states");
        await held.RollbackAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.StartsWith("id,device_id,", (await csv).Text, StringComparison.Ordinal);
    }

    private static HttpRequestMessage Csv(string device)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/devices/{device}/states");
        request.Headers.Add("Accept", "text/csv");
        return request;
    }

    private static string Placed(string customer) => $$$"""
        {"customer_id":"{{{customer}}}","timezone":"Europe/London",
        "postal_address":{"city":"London","country_code":"GB"}}
        """;

    private static string Of(JsonNode line) => line["object"]!.GetValue<string>();

    private static string Id(JsonNode line) => line["id"]!.GetValue<string>();
}
