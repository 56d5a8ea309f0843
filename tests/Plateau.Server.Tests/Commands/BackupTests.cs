using System.Net;
using Microsoft.Data.Sqlite;
using Plateau.Contracts;

namespace Plateau.Server.Tests.Commands;

/// <summary><c>plateau backup</c>, as documented: made while the server is written to, opened and served.</summary>
public sealed class BackupTests
{
    private const int States = 50;
    private static readonly DateTimeOffset From = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_made_while_states_arrive_has_all_answered_before_it_and_can_be_served()
    {
        await using var server = await TestServer.StartAsync(Store.Embedded);
        await using var restored = await TestStore.CreateAsync(Store.Embedded);
        var (_, secret) = await server.CreateKeyAsync();
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var file = Path.Combine(restored.DataDirectory, "plateau.db");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answered = 0;
        var before = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                var state = StateAt(location, answered);
                Assert.Equal(HttpStatusCode.OK, (await server.Api.PutAsync($"/devices/{device}/state", state)).Status);
                if (Interlocked.Increment(ref answered) == States)
                {
                    before.TrySetResult();
                }
            }
        }, Cancel);
        await Task.WhenAny(before.Task, writing);

        var atStart = Volatile.Read(ref answered);
        var report = (await Executable.RunAsync(server.Store, "backup", file, "--json")).Json;
        var atEnd = Volatile.Read(ref answered);
        await enough.CancelAsync();
        await writing;

        Assert.True(atEnd > atStart, "Nothing was written while the copy was made.");
        Assert.Equal(new FileInfo(file).Length, report["size_bytes"]!.GetValue<long>());
        Assert.Equal(file, Assert.Single(Directory.GetFiles(restored.DataDirectory)));
        Assert.True(
            OperatingSystem.IsWindows()
            || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite),
            "Others may read the copy.");
        Assert.InRange(await CountStatesAsync(file), atStart, atEnd + 1);
        Assert.Equal(0, (await Executable.RunAsync(restored, "doctor")).ExitCode);

        await using var second = await ServingProcess.StartAsync(restored.Arguments);
        using var http = new HttpClient { BaseAddress = second.Address };
        var caller = new ApiClient(http);
        await caller.SignInAsync(server.AccountId, secret);
        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync($"/devices/{device}/state")).Status);
        Assert.True((await caller.PutAsync($"/devices/{device}/state", StateAt(location, 0))).IsReplayed);
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_nothing_half_made_is_left()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        await using var target = await TestStore.CreateAsync(Store.Embedded);
        Assert.Equal(0, (await Executable.RunAsync(store, "migrate")).ExitCode);
        var file = Path.Combine(target.DataDirectory, "copy.db");
        await File.WriteAllTextAsync(file, "precious", Cancel);

        (await Executable.RunAsync(store, "backup", file)).FailedWith(1, $"{file} exists already");
        Assert.Equal("precious", await File.ReadAllTextAsync(file, Cancel));
        var missing = Path.Combine(target.DataDirectory, "nowhere", "copy.db");
        (await Executable.RunAsync(store, "backup", missing)).FailedWith(1, "The backup cannot be made");
        Assert.Equal(file, Assert.Single(Directory.GetFileSystemEntries(target.DataDirectory)));
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_named_and_kept()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        Assert.Equal(0, (await Executable.RunAsync(store, "migrate")).ExitCode);
        var file = Path.Combine(store.DataDirectory, "copy.db");
        await File.WriteAllTextAsync(file + ".part", "half", Cancel);
        await File.WriteAllTextAsync(file + ".part-journal", "half", Cancel);

        (await Executable.RunAsync(store, "backup", file))
            .FailedWith(1, $"{file}.part exists: another backup is under way, or");
        Assert.Equal("half", await File.ReadAllTextAsync(file + ".part", Cancel));

        File.Delete(file + ".part");
        Assert.Equal(0, (await Executable.RunAsync(store, "backup", file)).ExitCode);
        Assert.Equal([file], Directory.GetFiles(store.DataDirectory, "copy.db*"));
    }

    [Fact]
    public async Task On_PostgreSQL_it_names_pg_dump()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);
        Assert.Equal(0, (await Executable.RunAsync(store, "migrate")).ExitCode);

        (await Executable.RunAsync(store, "backup", "copy.db")).FailedWith(1, "use pg_dump");
    }

    private static async Task<long> CountStatesAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from device_states";
        return (long)(await command.ExecuteScalarAsync(Cancel))!; // count is never null
    }

    private static string StateAt(string location, int number) => $$"""
        {
          "time": "{{Instant.Format(From.AddSeconds(number))}}",
          "location_id": "{{location}}",
          "record_reference_id": "B{{number}}",
          "state_of_charge_percent": 34.2,
          "target_state_of_charge_percent": 80
        }
        """;
}
