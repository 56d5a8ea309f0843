using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Accepted states as server-sent events.</summary>
public sealed class StreamTests
{
    [Theory, EveryStore]
    public async Task Accepted_records_are_told_in_order_and_resumed_after_a_break(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        var path = $"/devices/{device}/state";
        await server.Api.PutAsync(path, Some.State(location, "before"));
        List<Event> first;
        await using (var stream = await OpenAsync(server))
        {
            for (var number = 0; number < 5; number++)
            {
                var time = $"2022-02-01T10:3{number}:00Z";
                await server.Api.PutAsync(path, Some.State(location, $"A{number}", time: time));
            }
            await server.Api.PutAsync(path, Some.State(location, "A0"));
            first = await stream.ReadAsync(5);
        }
        var items = Enumerable.Range(0, 40).Select(minute => Item(
            device, Some.State(location, $"B{minute}", time: $"2022-02-02T10:{minute:D2}:00Z")));
        await server.Api.PostAsync("/device-states", $$"""{"data":[{{string.Join(',', items)}}]}""");

        await using var resumed = await OpenAsync(server, lastEventId: first[2].Id);
        var rest = await resumed.ReadAsync(42);

        Assert.Equal(["A0", "A1", "A2", "A3", "A4"], first.Select(one => one.Reference));
        Assert.Equal(
            ["A3", "A4", .. Enumerable.Range(0, 40).Select(number => $"B{number}")],
            rest.Select(one => one.Reference));
        Assert.All(rest, one => Assert.Equal("device_state", one.Name));
        Assert.Equal(device, first[0].Data["device_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_record_accepted_by_one_process_is_told_by_another()
    {
        await using var server = await TestServer.StartAsync(Store.Postgres);
        await using var beside = await server.StartBesideAsync();
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        var silent = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await using var stream = await OpenAsync(server);
        await using var ofOne = await OpenAsync(server, query: $"?device_id={device}");

        await beside.Api.PutAsync($"/devices/{silent}/state", Some.State(location, "silent"));
        await beside.Api.PutAsync($"/devices/{device}/state", Some.State(location, "there"));
        await server.Api.PutAsync(
            $"/devices/{device}/state", Some.State(location, "here", time: "2022-02-01T10:31:00Z"));

        Assert.Equal(["silent", "there", "here"], (await stream.ReadAsync(3)).Select(one => one.Reference));
        Assert.Equal(["there", "here"], (await ofOne.ReadAsync(2)).Select(one => one.Reference));
    }

    [Theory, EveryStore]
    public async Task What_cannot_be_resumed_is_told_as_a_gap_and_what_nobody_agreed_to_is_not_told(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        var other = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await using var stream = await OpenAsync(server, lastEventId: "1643711400000-1-1");
        var gap = Assert.Single(await stream.ReadAsync(1));

        await server.Api.PutAsync($"/devices/{other}/state", Some.State(location, "last"));
        Assert.Equal("last", Assert.Single(await stream.ReadAsync(1)).Reference);
        await using var later = await OpenAsync(server, lastEventId: "0-0-0");
        Assert.Equal("gap", Assert.Single(await later.ReadAsync(1)).Name);
        var ill = await server.Api.SendAsync(Request("?device_id=x", "yesterday"));
        await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"telemetry":false}}""");
        var refused = await server.Api.SendAsync(Request($"?device_id={device}", null));

        Assert.Equal("gap", gap.Name);
        Assert.Equal("2022-02-01T10:27:00Z", gap.Data["time"]!.GetValue<string>());
        Assert.Equal(
            ["device_id_invalid", "last_event_id_invalid"],
            ill.Body["errors"]!.AsArray().Select(one => one!["code"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
    }

    [Theory, EveryStore]
    public async Task No_more_streams_are_opened_than_may_be(Store store)
    {
        await using var server = await TestServer.StartAsync(
            store, settings: new Dictionary<string, string?> { ["Plateau:Telemetry:MaxStreams"] = "1" });
        await using (await OpenAsync(server))
        {
            var second = await server.Api.SendAsync(Request("", null));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, second.Status);
            Assert.NotNull(second.Headers.RetryAfter);
        }
        await Until.TrueAsync("the place is free again", async () =>
        {
            using var response = await server.Api.Http.SendAsync(
                Request("", null), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_reader_whom_an_old_open_transaction_holds_up_is_told_of_a_gap()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(Store.Postgres, clock);
        await using var stream = await OpenAsync(server);
        await using var connection = await server.Services.GetRequiredService<Engine>().Postgres
            .OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var open = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var number = new NpgsqlCommand("select pg_current_xact_id()::text", connection);
        await number.ExecuteScalarAsync(TestContext.Current.CancellationToken);

        var told = stream.ReadAsync(1);
        await Until.TrueAsync("something is told", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return Task.FromResult(told.IsCompleted);
        });

        Assert.Equal("gap", Assert.Single(await told).Name);
        Assert.True(await stream.IsEndedAsync());
    }

    [Theory, EveryStore]
    public async Task The_stream_of_a_revoked_key_ends(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        await using var stream = await OpenAsync(server);
        var me = (await server.Api.GetAsync("/account")).Body["key_id"]!.GetValue<string>();
        var other = await server.SignInAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await other.DeleteAsync($"/account/keys/{me}")).Status);

        var ended = stream.IsEndedAsync();

        await Until.TrueAsync("it has ended", () =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(ended.IsCompleted);
        });
        Assert.True(await ended);
    }

    [Theory, EveryStore]
    public async Task A_stream_ends_where_the_server_stops(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var stream = await OpenAsync(server);

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.True(await stream.IsEndedAsync());
    }

    private static HttpRequestMessage Request(string query, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/device-states/stream" + query);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }
        return request;
    }

    // Returns when the stream is open: what is accepted from then on is told.
    private static async Task<OpenStream> OpenAsync(TestServer server, string? lastEventId = null, string query = "")
    {
        var response = await server.Api.Http.SendAsync(
            Request(query, lastEventId), HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        return new OpenStream(response, new StreamReader(stream, Encoding.UTF8));
    }

    private static string Item(string device, string state) => $$"""{"device_id":"{{device}}",{{state.Trim()[1..]}}""";

    private sealed record Event(string? Id, string Name, JsonNode Data)
    {
        public string? Reference => Data["record_reference_id"]?.GetValue<string>();
    }

    private sealed class OpenStream(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public async Task<List<Event>> ReadAsync(int count)
        {
            var events = new List<Event>();
            string? id = null, name = null;
            while (events.Count < count)
            {
                var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                    .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
                Assert.NotNull(line);
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    id = line[4..];
                }
                else if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    name = line[7..];
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    events.Add(new(id, name!, JsonNode.Parse(line[6..])!));
                }
            }
            return events;
        }

        // Reads to the end, passing over what says only that it is open; no event may come.
        public async Task<bool> IsEndedAsync()
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken) is { } line)
            {
                Assert.True(line.Length == 0 || line[0] == ':', line);
            }
            return true;
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
