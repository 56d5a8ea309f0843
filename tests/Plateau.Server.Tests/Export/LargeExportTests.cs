using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Parquet;
using Plateau.Contracts;
using Plateau.Server.Export;
using Plateau.Server.Tests.Clients;

namespace Plateau.Server.Tests.Export;

/// <summary><c>plateau states export</c> of more than is held at once, to its end and not.</summary>
public sealed class LargeExportTests
{
    private static readonly DateTimeOffset From = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_group_of_parquet_is_read_back()
    {
        const int Rows = 100_001;
        using var file = new MemoryStream();
        await using (var writer = await ParquetStateWriter.CreateAsync(file, Cancel))
        {
            for (var number = 0; number < Rows; number++)
            {
                await writer.WriteAsync(StateOf(number), Cancel);
            }
            await writer.CompleteAsync(Cancel);
        }

        file.Position = 0;
        await using var parquet = await ParquetReader.CreateAsync(file, cancellationToken: Cancel);
        var time = parquet.Schema.DataFields.Single(field => field.Name == "time");
        var power = parquet.Schema.DataFields.Single(field => field.Name == "battery_power_kw");
        var reference = parquet.Schema.DataFields.Single(field => field.Name == "record_reference_id");
        var (groups, rows) = (new List<long>(), new List<(DateTime, double?, string)>());
        for (var number = 0; number < parquet.RowGroupCount; number++)
        {
            using var group = parquet.OpenRowGroupReader(number);
            var times = new DateTime[group.RowCount];
            var powers = new double?[group.RowCount];
            var references = new string[group.RowCount];
            await group.ReadAsync<DateTime>(time, times, cancellationToken: Cancel);
            await group.ReadAsync<double>(power, powers, cancellationToken: Cancel);
            await group.ReadAsync(reference, references, cancellationToken: Cancel);
            groups.Add(group.RowCount);
            rows.AddRange(times.Zip(powers, references));
        }
        Assert.Equal([50_000, 50_000, 1], groups);
        Assert.Equal(
            Enumerable.Range(0, Rows).Select(number => StateOf(number).State).Select(
                state => (state.Time.UtcDateTime, state.BatteryPowerKw, state.RecordReferenceId!)),
            rows);
    }

    [Fact]
    public async Task An_export_that_is_stopped_halfway_leaves_what_stood_there()
    {
        var gate = new PageGate();
        await using var server = await TestServer.StartAsync(
            Store.Embedded, services: services => services.AddSingleton<IStartupFilter>(gate));
        using var user = await CommandUser.OfAsync(server);
        await FillAsync(server, 250);
        foreach (var name in new[] { "states.csv", "states.parquet" })
        {
            var (path, draft) = (Path.Combine(user.Folder, name), Path.Combine(user.Folder, name + ".part"));
            await File.WriteAllTextAsync(path, "old", Cancel);

            gate.IsShut = true;
            var interrupted = await StopAsync(user, path, gate, "INT");
            Assert.Equal((130, ""), (interrupted.ExitCode, interrupted.Output));
            Assert.Equal("old", await File.ReadAllTextAsync(path, Cancel));
            Assert.False(File.Exists(draft));

            Assert.Equal(137, (await StopAsync(user, path, gate, "KILL")).ExitCode);
            Assert.Equal("old", await File.ReadAllTextAsync(path, Cancel));
            Assert.True(File.Exists(draft));

            gate.IsShut = false;
            var whole = await user.RunAsync("states", "export", "--output", path);
            Assert.Contains("250 states of 1 device", whole.Error, StringComparison.Ordinal);
            Assert.NotEqual("old", await File.ReadAllTextAsync(path, Cancel));
            Assert.False(File.Exists(draft));
        }
    }

    [Fact]
    public async Task A_full_disk_ends_an_export_in_one_line_and_leaves_no_part()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        using var user = await CommandUser.OfAsync(server);
        await FillAsync(server, 10);
        var path = Path.Combine(user.Folder, "states.csv");
        File.CreateSymbolicLink(path + ".part", "/dev/full");

        var full = await user.RunAsync("states", "export", "--output", path);

        full.FailedWith(1, "No space left on device");
        Assert.Empty(Directory.GetFiles(user.Folder));
    }

    // Sends a signal to an export that waits for its second page.
    private static async Task<Ended> StopAsync(CommandUser user, string path, PageGate gate, string signal)
    {
        // A shell that runs tests in the background lets its children ignore the signal; a terminal does not.
        using var export = Executable.Start(
            ["states", "export", "--output", path], user.Environment, "env", "--default-signal=INT");
        await gate.Reached.WaitAsync(Cancel);
        await Executable.SignalAsync(export, signal);
        return await Executable.EndAsync(export);
    }

    private static ExportedState StateOf(int number) => new("Home", new DeviceState
    {
        Id = new DeviceStateId(new ObjectId(1, (uint)number)), AccountId = new AccountId(new ObjectId(1, 2)),
        DeviceId = new DeviceId(new ObjectId(1, 3)), LocationId = new LocationId(new ObjectId(1, 4)),
        Time = From.AddMinutes(number), TimeCreated = From.AddYears(1), StateOfChargePercent = 50,
        TargetStateOfChargePercent = 80, BatteryPowerKw = number % 3 == 0 ? null : number % 100 / 10.0,
        RecordReferenceId = $"R{number}",
    });

    private static async Task FillAsync(TestServer server, int records)
    {
        using var network = new Network();
        using var client = await network.ConnectAsync(server);
        var location = ObjectIdText.Parse<LocationId>(await server.Api.CreateLocationAsync());
        var device = ObjectIdText.Parse<DeviceId>(await server.Api.CreateDeviceAsync());
        var items = Enumerable.Range(0, records).Select(number => new DeviceStateBatchItem
        {
            DeviceId = device, LocationId = location, Time = From.AddMinutes(number), StateOfChargePercent = 50,
            TargetStateOfChargePercent = 80,
        });
        var told = await client.DeviceStates.ImportAsync(items.ToAsyncEnumerable(), Cancel).LastAsync(Cancel);
        Assert.Equal(records, told.RecordsAccepted);
    }
    /// <summary>While it is shut, callers wait for every page but the first until they give up.</summary>
    private sealed class PageGate : IStartupFilter
    {
        public bool IsShut { get; set; }

        /// <summary>Released by each call that has come to wait.</summary>
        public SemaphoreSlim Reached { get; } = new(0);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                if (IsShut && context.Request.Query.ContainsKey("starting_after"))
                {
                    Reached.Release();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                }
                await rest(context);
            });
            next(app);
        };
    }
}
