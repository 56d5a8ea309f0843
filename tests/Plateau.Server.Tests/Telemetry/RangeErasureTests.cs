using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>What is erased is gone from rows, chunks and files, and nothing else is.</summary>
public sealed class RangeErasureTests
{
    private static readonly Dictionary<string, string?> PackAtOnce = new()
    {
        ["Plateau:Telemetry:PackAfterMinutes"] = "0",
    };

    [Theory, EveryStore]
    public async Task A_range_is_erased_from_rows_and_chunks_and_nothing_else_is(Store store)
    {
        await using var server = await TestServer.StartAsync(store, settings: PackAtOnce);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await SubmitAsync(server, device, location, 0, 96);
        await server.PackAsync();
        await SubmitAsync(server, device, location, 96, 100);

        var erased = await server.Api.DeleteAsync(
            $"/devices/{device}/states?start_time=2022-02-01T10:00:00Z&end_time=2022-02-02T00:45:00Z");

        Assert.Equal(HttpStatusCode.Accepted, erased.Status);
        await Until.TrueAsync("the range is erased", async () => (await ReferencesAsync(server, device)).Count == 41);
        Assert.Equal(
            Enumerable.Range(0, 40).Append(99).Select(number => $"MET{number:D4}").Reverse(),
            await ReferencesAsync(server, device));
        var audit = await server.Api.GetAsync("/account/audit?limit=1");
        Assert.Contains("device.states_erased", audit.Text, StringComparison.Ordinal);
        // What was erased is no repeat of anything any more.
        var again = await server.Api.PutAsync(
            $"/devices/{device}/state", Some.State(location, "MET0041", time: "2022-02-01T10:15:00Z"));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.False(again.IsReplayed);
        await Until.TrueAsync("nothing is left to erase", async () => await server.CountAsync("range_erasures") == 0);
        Assert.Equal(42, (await ReferencesAsync(server, device)).Count);
    }

    [Theory, EveryStore]
    public async Task A_range_needs_both_ends_in_order_and_a_device(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var device = await server.Api.CreateDeviceAsync();

        var none = await server.Api.DeleteAsync($"/devices/{device}/states");
        var reversed = await server.Api.DeleteAsync(
            $"/devices/{device}/states?start_time=2022-02-02T00:00:00Z&end_time=2022-02-01T00:00:00Z");
        var ill = await server.Api.DeleteAsync(
            $"/devices/{device}/states?start_time=now&end_time=2022-02-01T00:00:00Z");
        var nobody = await server.Api.DeleteAsync("/devices/dev_000000000000000000000000/states");

        Assert.Equal(
            ["start_time_missing", "end_time_missing"],
            none.Body["errors"]!.AsArray().Select(one => one!["code"]!.GetValue<string>()));
        Assert.Equal("end_time_invalid", reversed.Body["code"]!.GetValue<string>());
        Assert.Equal("start_time_invalid", ill.Body["code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, nobody.Status);
    }

    [Fact]
    public async Task A_write_ahead_log_that_rests_gives_its_space_back()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        var log = new FileInfo(Path.Combine(server.Store.DataDirectory, "plateau.db-wal"));
        await server.PackAsync();
        await server.Api.CreateDeviceAsync();

        await server.PackAsync();
        log.Refresh();
        Assert.True(log.Length > 0, "It was emptied although it was in use.");
        log.LastWriteTimeUtc = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1);
        await server.PackAsync();

        log.Refresh();
        Assert.Equal(0, log.Length);
    }

    [Fact]
    public async Task An_erased_reference_is_in_no_file_of_the_embedded_store()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded, settings: PackAtOnce);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        const string reference = "surely-not-anywhere-else";
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, reference));
        await SubmitAsync(server, device, location, 90, 96);
        await server.PackAsync();
        Assert.True(IsInFiles(server, reference));
        Assert.Equal(1, await server.CountAsync("device_states"));

        await server.Api.DeleteAsync(
            $"/devices/{device}/states?start_time=2022-02-01T10:30:00Z&end_time=2022-02-01T10:31:00Z");

        await Until.TrueAsync("the reference is gone", () => Task.FromResult(!IsInFiles(server, reference)));
        Assert.Equal(6, (await ReferencesAsync(server, device)).Count);
    }

    [Theory, EveryStore]
    public async Task What_is_past_an_accounts_retention_goes_and_is_not_taken(Store store)
    {
        await using var server = await TestServer.StartAsync(store, settings: PackAtOnce);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{location}}"]}""");
        await SubmitAsync(server, device, location, 0, 96);
        var today = TimeProvider.System.GetUtcNow().AddHours(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        await server.Api.PutAsync($"/devices/{device}/state", Some.State(location, "today", time: today));
        await server.PackAsync();
        Assert.NotEqual(0, await server.CountAsync("state_chunks"));
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            await db.Accounts.ExecuteUpdateAsync(
                row => row.SetProperty(account => account.RetentionDays, 30), TestContext.Current.CancellationToken);
        }

        await server.PackAsync();

        Assert.Equal(["today"], await ReferencesAsync(server, device));
        await using var beside = await server.StartBesideAsync();
        var past = await beside.Api.PutAsync($"/devices/{device}/state", Some.State(location, "past"));
        Assert.Equal("time_invalid", past.Body["code"]!.GetValue<string>());
        var members = Some.State(location, "past").Trim()[1..];
        var batch = await beside.Api.PostAsync(
            "/device-states", $$"""{"data":[{"device_id":"{{device}}",{{members}}]}""");
        Assert.Equal("time_invalid", batch.Body["failed_records"]![0]!["code"]!.GetValue<string>());
    }

    private static async Task SubmitAsync(TestServer server, string device, string location, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            var time = new DateTimeOffset(2022, 2, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number * 15);
            var answer = await server.Api.PutAsync(
                $"/devices/{device}/state",
                Some.State(location, $"MET{number:D4}", time: time.ToString("yyyy-MM-ddTHH:mm:ssZ", null)));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
        }
    }

    private static async Task<List<string>> ReferencesAsync(TestServer server, string device) =>
        [
            .. (await server.Api.GetAsync($"/devices/{device}/states?limit=100")).Body["data"]!.AsArray()
                .Select(one => one!["record_reference_id"]!.GetValue<string>()),
        ];

    private static bool IsInFiles(TestServer server, string text)
    {
        var file = server.Services.GetRequiredService<Engine>().File;
        return Directory.GetFiles(Path.GetDirectoryName(file)!, "plateau.db*").Any(path =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.GetBuffer().AsSpan(0, (int)copy.Length).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        });
    }
}
