using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Http;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Imports of states while the store is away, and senders that leave.</summary>
public sealed class StateImportFaultTests
{
    private const string Path = "/device-states/import";
    private static readonly TimeProvider Clock = TimeProvider.System;

    [Fact]
    public async Task An_import_that_the_store_is_away_for_says_so_while_its_sender_is_still_sending()
    {
        await using var server = await TestServer.StartAsync(
            Store.Embedded,
            settings: new Dictionary<string, string?> { ["Plateau:Telemetry:RepeatForSeconds"] = "0" },
            services: services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(
                new Tests.FaultyStateStore(new NpgsqlException("away")))));
        using var log = Record(server);
        using var request = await OpenRequest.StartAsync(server, Path);
        var line = await LineAsync(server);
        await request.SendAsync(line);

        // What fails is told with the piece after it.
        await Until.TrueAsync("the store was tried", () => Task.FromResult(
            log.Lines.Any(one => one.Contains("were answered 503", StringComparison.Ordinal))));
        await request.SendAsync(line);
        var last = await ReadLastAsync(request);

        Assert.Equal("failed", (string?)last["status"]);
        Assert.Equal("storage_unavailable", (string?)last["error"]!["code"]);
        await UntilEndedAsync(request);
        ShouldHaveNoFailure(log);
    }

    [Fact]
    public async Task A_sender_that_breaks_off_in_the_middle_of_an_import_is_no_failure_of_the_server()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var services = server.Services;
        var pipe = new Pipe();
        await using var input = new NdjsonReader(pipe.Reader, RequestBody.MaxBytes);
        var told = new List<DeviceStateImportProgress>();
        var import = new StateImportRun(
            input, new StateItemReader(services.GetRequiredService<DeviceStateBody>(), SomeRecord.Caller, null, Clock),
            services.GetRequiredService<BulkIntake>(), Clock,
            (line, _) =>
            {
                told.Add(line);
                return Task.CompletedTask;
            }, TestContext.Current.CancellationToken);
        await pipe.Writer.WriteAsync("not a record\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync(new BadHttpRequestException("Unexpected end of request content."));

        await Assert.ThrowsAsync<BadHttpRequestException>(() => import.RunAsync(
            _ => throw new InvalidOperationException("It is no error of the import."),
            TestContext.Current.CancellationToken));

        Assert.Empty(told);
    }

    [Fact]
    public async Task A_sender_that_is_silent_for_five_minutes_is_told_so()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var clock = new FakeTimeProvider();
        var pipe = new Pipe();
        await using var input = new NdjsonReader(pipe.Reader, RequestBody.MaxBytes);
        var last = new TaskCompletionSource<DeviceStateImportProgress>();
        var import = new StateImportRun(
            input,
            new StateItemReader(
                server.Services.GetRequiredService<DeviceStateBody>(), SomeRecord.Caller, null, clock),
            server.Services.GetRequiredService<BulkIntake>(), clock,
            (line, _) =>
            {
                last.TrySetResult(line);
                return Task.CompletedTask;
            }, TestContext.Current.CancellationToken);

        var running = import.RunAsync(
            error => new()
            {
                LiveMode = false, Context = "", Type = "", Code = error.Code, Message = error.Message,
                RequestId = "", TimeCreated = default,
            },
            TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMinutes(5));
        await running;

        Assert.Equal(ErrorCodes.RequestTimeout, (await last.Task).Error?.Code);
    }

    [Theory, EveryStore]
    public async Task An_import_that_meets_the_servers_end_is_told_so_and_what_had_come_is_kept(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        using var request = await OpenRequest.StartAsync(server, Path);
        await request.SendAsync(await LineAsync(server));
        await Until.TrueAsync(
            "the record is kept",
            async () => await server.CountAsync("device_states") + await server.CountAsync("state_chunks") == 1);

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var last = await ReadLastAsync(request);
        Assert.Equal("failed", (string?)last["status"]);
        Assert.Equal("storage_unavailable", (string?)last["error"]!["code"]);
        Assert.Equal(1, (int?)last["records_durable"]);
    }

    private static RecordedLog Record(TestServer server)
    {
        var log = new RecordedLog();
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        return log;
    }

    private static async Task<string> LineAsync(TestServer server)
    {
        var state = JsonNode.Parse(Some.State(await server.Api.CreateLocationAsync()))!;
        state["device_id"] = await server.Api.CreateDeviceAsync();
        return state.ToJsonString() + "\n";
    }

    // Progress may be told before it, more often the slower the machine.
    private static async Task<JsonNode> ReadLastAsync(OpenRequest request)
    {
        while (true)
        {
            var line = await request.ReadAsync();
            Assert.NotNull(line);
            if ((string?)line["status"] != "progress")
            {
                return line;
            }
        }
    }

    private static async Task UntilEndedAsync(OpenRequest request)
    {
        try
        {
            while (await request.ReadAsync() is not null)
            {
            }
        }
        catch (IOException)
        {
            // The server has let go of a connection on which more may come.
        }
    }

    private static void ShouldHaveNoFailure(RecordedLog log)
    {
        Assert.DoesNotContain(log.Lines, line => line.Contains("failed unexpectedly", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("ended abnormally", StringComparison.Ordinal));
    }
}
