using System.Data.Common;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Devices;

/// <summary>Devices that are registered by lines.</summary>
public sealed class DeviceImportTests
{
    private const string Path = "/devices/import";

    [Theory, EveryStore]
    public async Task Each_line_is_answered_in_its_order(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        foreach (var gzip in new[] { false, true })
        {
            var body = $$"""
                {"reference_id":"first","locations":["{{location}}"]}

                {"reference_id":7,"colour":"red"}
                {no json
                {"locations":["loc_000000000000000000000001"]}
                {"reference_id":"{{new string('x', 70_000)}}"}
                []
                """.ReplaceLineEndings("\r\n") + "\r\n \t\r\n{\"reference_id\":\"last\"}";

            var lines = await server.Api.PostLinesAsync(Path, body, gzip);

            Assert.Equal([1, 3, 4, 5, 6, 7, 9], lines[..^1].Select(line => line["line"]!.GetValue<int>()));
            var first = await server.Api.GetAsync($"/devices/{lines[0]["id"]}");
            Assert.Equal("first", first.Body["reference_id"]!.GetValue<string>());
            Assert.Equal("Europe/London", first.Body["timezone"]!.GetValue<string>());
            Assert.Equal(location, first.Body["locations"]![0]!.GetValue<string>());
            Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/devices/{lines[6]["id"]}")).Status);
            Assert.Equal(
                ["reference_id_invalid", "json_invalid", "location_not_found", "json_invalid", "json_invalid"],
                lines[1..6].Select(line => line["error"]!["code"]!.GetValue<string>()));
            Assert.Equal(
                ["$.reference_id", "$.colour"],
                lines[1]["error"]!["errors"]!.AsArray().Select(fault => fault!["path"]!.GetValue<string>()));
            AssertSum(lines[^1], "completed", read: 7, created: 2);
        }
        Assert.Equal(4, await server.CountAsync("devices"));
        Assert.Equal(4, await server.CountAsync("consent_changes"));
        Assert.Equal(2, await server.CountAsync("device_locations"));
        Assert.Equal(4, await server.ReadNumberAsync(
            "select count(*) from audit_entries where action = 'device.created'"));
    }

    [Theory, EveryStore]
    public async Task Many_lines_make_as_many_devices_in_their_order(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var body = new StringBuilder();
        for (var number = 0; number < 1_500; number++)
        {
            body.Append(null, $"{{\"reference_id\":\"number {number}\"}}\n");
        }

        var lines = await server.Api.PostLinesAsync(Path, body.ToString());

        AssertSum(lines[^1], "completed", read: 1_500, created: 1_500);
        Assert.Equal(1_500, await server.CountAsync("devices"));
        foreach (var number in (int[])[0, 199, 200, 1_499])
        {
            var device = await server.Api.GetAsync($"/devices/{lines[number]["id"]}");
            Assert.Equal($"number {number}", device.Body["reference_id"]!.GetValue<string>());
        }
    }

    [Theory, EveryStore]
    public async Task Lines_are_answered_while_others_are_still_to_come(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var request = await OpenRequest.StartAsync(server, Path);

        await request.SendAsync("{\"reference_id\":\"one\"}\n{\"reference");
        var first = await request.ReadAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/devices/{first!["id"]}")).Status);
        await request.SendAsync("_id\":\"two\"}\n");
        var second = await request.ReadAsync();
        Assert.Equal(2, second!["line"]!.GetValue<int>());
        await request.EndAsync();

        AssertSum((await request.ReadAsync())!, "completed", read: 2, created: 2);
        Assert.Null(await request.ReadAsync());
    }

    [Theory, EveryStore]
    public async Task A_caller_who_hangs_up_ends_the_import_and_keeps_what_was_answered(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        string answered;
        using (var request = await OpenRequest.StartAsync(server, Path))
        {
            await request.SendAsync("{\"reference_id\":\"one\"}\n{\"reference_id\":\"two\"}");
            answered = (await request.ReadAsync())!["id"]!.GetValue<string>();
        }

        await Until.TrueAsync("the request had ended", async () =>
            (await server.Anonymous().GetAsync("/metrics")).Text.Split('\n').Any(line =>
                line.StartsWith("http_server_active_requests", StringComparison.Ordinal)
                && line.Contains("method=\"POST\"", StringComparison.Ordinal)
                && line.EndsWith(" 0", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/devices/{answered}")).Status);
        Assert.Equal(1, await server.CountAsync("devices"));
    }

    [Theory, EveryStore]
    public async Task What_is_wrong_as_a_whole_is_refused_with_its_status(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var json = await server.Api.PostAsync(Path, "{}");
        json.ShouldFail(HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        (await server.Api.PostAsync(Path + "?strange=1", "{}"))
            .ShouldFail(HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        (await server.Api.SendAsync(Lines.Post(Path + "?strange=1", "{}"u8.ToArray(), gzip: false)))
            .ShouldFail(HttpStatusCode.BadRequest, "strange_unknown");
        (await server.Api.SendAsync(Lines.Packed(Path, "{}"u8.ToArray(), gzip: true)))
            .ShouldFail(HttpStatusCode.BadRequest, "json_invalid");
        using var brotli = Lines.Post(Path, "{}"u8.ToArray(), gzip: false);
        brotli.Content!.Headers.ContentEncoding.Add("br");
        (await server.Api.SendAsync(brotli)).ShouldFail(HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        var reader = await server.SignInAsync(KeyScope.Read);
        (await reader.SendAsync(Lines.Post(Path, "{}"u8.ToArray(), gzip: false)))
            .ShouldFail(HttpStatusCode.Forbidden, "scope_insufficient");
        AssertSum((await server.Api.PostLinesAsync(Path, "\n\n"))[0], "completed", read: 0, created: 0);
        Assert.Equal(0, await server.CountAsync("devices"));
    }

    [Theory, EveryStore]
    public async Task Gzip_that_was_cut_off_claims_what_came_before_and_tells(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var random = new Random(7);
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(
            number => $"{{\"reference_id\":\"{number} {random.NextInt64()}\"}}\n"));
        var packed = Lines.Pack(Encoding.UTF8.GetBytes(body));

        var answer = await server.Api.SendAsync(Lines.Packed(Path, packed[..(packed.Length / 4)], gzip: true));

        var lines = answer.Text.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("failed", lines[^1]["status"]!.GetValue<string>());
        Assert.Equal("json_invalid", lines[^1]["error"]!["code"]!.GetValue<string>());
        Assert.Equal(lines.Count - 1, lines[^1]["devices_created"]!.GetValue<int>());
        Assert.Equal(lines.Count - 1, await server.CountAsync("devices"));
    }

    [Theory]
    [InlineData(Store.Embedded, true)]
    [InlineData(Store.Embedded, false)]
    [InlineData(Store.Postgres, true)]
    [InlineData(Store.Postgres, false)]
    public async Task A_commit_whose_answer_is_lost_makes_each_device_once(Store store, bool isCommitted)
    {
        var fault = new LostCommit(isCommitted);
        await using var server = await TestServer.StartAsync(store, services: services =>
            services.ConfigureDbContext<PlateauDb>(options => options.AddInterceptors(fault)));
        fault.LoseNext();

        var lines = await server.Api.PostLinesAsync(
            Path, "{\"reference_id\":\"one\"}\n{\"locations\":[\"loc_000000000000000000000001\"]}\n{}\n");

        Assert.True(fault.HasLost);
        AssertSum(lines[^1], "completed", read: 3, created: 2);
        Assert.Equal("location_not_found", lines[1]["error"]!["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/devices/{lines[0]["id"]}")).Status);
        Assert.Equal(2, await server.CountAsync("devices"));
        Assert.Equal(2, await server.ReadNumberAsync(
            "select count(*) from audit_entries where action = 'device.created'"));
    }

    [Fact]
    public async Task A_store_that_goes_away_ends_the_import_with_what_is_durable()
    {
        await using var server = await TestServer.StartAsync(Store.Postgres);
        using var request = await OpenRequest.StartAsync(server, Path);
        await request.SendAsync("{\"reference_id\":\"one\"}\n");
        Assert.NotNull((await request.ReadAsync())!["id"]);
        await server.ExecuteAsync("alter table consent_changes rename to moved");

        await request.SendAsync("{\"reference_id\":\"two\"}\n");
        var last = (await request.ReadAsync())!;

        AssertSum(last, "failed", read: 1, created: 1);
        Assert.Equal("storage_unavailable", last["error"]!["code"]!.GetValue<string>());
        Assert.Equal("api.device_import", last["error"]!["context"]!.GetValue<string>());
        Assert.Equal(1, await server.CountAsync("devices"));
    }

    [Theory, EveryStore]
    public async Task A_process_that_stops_ends_the_import_with_what_is_durable(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var request = await OpenRequest.StartAsync(server, Path);
        await request.SendAsync("{\"reference_id\":\"one\"}\n{\"ref");
        Assert.NotNull((await request.ReadAsync())!["id"]);

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var last = (await request.ReadAsync())!;
        AssertSum(last, "failed", read: 1, created: 1);
        Assert.Equal("storage_unavailable", last["error"]!["code"]!.GetValue<string>());
    }

    private static void AssertSum(JsonNode line, string status, int read, int created)
    {
        Assert.Equal("device_import", line["object"]!.GetValue<string>());
        Assert.Equal(status, line["status"]!.GetValue<string>());
        Assert.Equal(read, line["lines_read"]!.GetValue<int>());
        Assert.Equal(created, line["devices_created"]!.GetValue<int>());
        Assert.Equal(read - created, line["lines_failed"]!.GetValue<int>());
    }

    /// <summary>Fails one commit as a connection does that breaks, before it or just after it.</summary>
    private sealed class LostCommit(bool isCommitted) : DbTransactionInterceptor
    {
        private int _left;

        public bool HasLost { get; private set; }

        public void LoseNext() => _left = 1;

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result,
            CancellationToken cancellationToken = default)
        {
            if (!isCommitted)
            {
                Lose();
            }
            return ValueTask.FromResult(result);
        }

        public override Task TransactionCommittedAsync(
            DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (isCommitted)
            {
                Lose();
            }
            return Task.CompletedTask;
        }

        private void Lose()
        {
            if (Interlocked.Exchange(ref _left, 0) == 1)
            {
                HasLost = true;
                throw new TimeoutException("The connection was lost.");
            }
        }
    }
}
