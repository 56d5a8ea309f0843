using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Commands;

/// <summary><c>plateau migrate</c>, also when it is not alone, or is not let to finish.</summary>
public sealed class MigrateTests
{
    private const int Starters = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task The_second_run_finds_nothing_to_do(Store kind)
    {
        await using var store = await TestStore.CreateAsync(kind);

        var first = (await Executable.RunAsync(store, "migrate", "--json")).Json;
        var second = (await Executable.RunAsync(store, "migrate", "--json")).Json;

        Assert.True(first["applied"]!.GetValue<int>() > 0);
        Assert.Equal(first["version"]!.GetValue<int>(), first["applied"]!.GetValue<int>());
        Assert.Equal(0, second["applied"]!.GetValue<int>());
        Assert.Equal(first["version"]!.GetValue<int>(), second["version"]!.GetValue<int>());
        Assert.Equal(kind == Store.Postgres ? "postgres" : "embedded", second["engine"]!.GetValue<string>());
    }

    [Theory, EveryStore]
    public async Task Of_several_at_once_one_applies_the_scripts_and_all_end_well(Store kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var gate = kind == Store.Postgres ? await HoldMigrationsAsync(store) : null;

        var migrations = Enumerable.Range(0, Starters)
            .Select(_ => Executable.RunAsync(store, "migrate", "--json")).ToArray();
        if (gate is not null)
        {
            // All of them are past their start, and let go at once.
            await UntilBlockedAsync(gate, Starters);
            await gate.CloseAsync();
        }
        var ended = await Task.WhenAll(migrations);

        Assert.Equal(Enumerable.Repeat((0, ""), Starters), ended.Select(one => (one.ExitCode, one.Error)));
        Assert.Single(ended, one => one.Json["applied"]!.GetValue<int>() > 0);
    }

    [Fact]
    public async Task Killed_half_way_on_PostgreSQL_it_leaves_nothing_and_the_next_run_completes()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);
        await using var blocker = new NpgsqlConnection(store.Postgres);
        await blocker.OpenAsync(Cancel);
        // A table of the same name, not yet committed, holds the migration in the middle of its first script.
        await using (var held = await blocker.BeginTransactionAsync(Cancel))
        {
            await ExecuteAsync(blocker, "create table devices (id bytea)");
            using var migration = Executable.Start(["migrate", .. store.Arguments]);
            await UntilBlockedAsync(blocker, 1);
            migration.Kill();
            await migration.WaitForExitAsync(Cancel);
            await held.RollbackAsync(Cancel);
        }

        var next = (await Executable.RunAsync(store, "migrate", "--json")).Json;

        Assert.Equal(next["version"]!.GetValue<int>(), next["applied"]!.GetValue<int>());
        Assert.Equal(0, (await Executable.RunAsync(store, "doctor")).ExitCode);
    }

    [Fact]
    public async Task Stopped_by_Ctrl_C_it_ends_with_130()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);
        await using var blocker = new NpgsqlConnection(store.Postgres);
        await blocker.OpenAsync(Cancel);
        await using var held = await blocker.BeginTransactionAsync(Cancel);
        await ExecuteAsync(blocker, "create table devices (id bytea)");
        // A run of the tests in the background passes on to its children that they do not hear Ctrl+C.
        using var migration = Executable.Start(
            ["migrate", .. store.Arguments], through: ["env", "--default-signal=INT"]);
        await UntilBlockedAsync(blocker, 1);

        await Executable.SignalAsync(migration, "INT");

        var ended = await Executable.EndAsync(migration);
        Assert.Equal((130, "", ""), (ended.ExitCode, ended.Output, ended.Error));
    }

    [Fact]
    public async Task Cut_off_half_way_on_the_embedded_engine_it_leaves_nothing_and_the_next_run_completes()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        await using var killed = await TestStore.CreateAsync(Store.Embedded);
        var file = Path.Combine(killed.DataDirectory, "plateau.db");
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync(Cancel);
            await ExecuteAsync(
                connection, "pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma cache_size = 1");
            // With room for one page in memory, the uncommitted rest is written to the log, where a kill would leave
            // it.
            await ExecuteAsync(
                connection, "begin immediate; create table schema_versions (x); create table devices (id blob)");
            await ExecuteAsync(connection, "create table accounts (id blob); create index a on accounts (id)");
            foreach (var part in Directory.GetFiles(killed.DataDirectory))
            {
                File.Copy(part, Path.Combine(store.DataDirectory, Path.GetFileName(part)));
            }
        }
        Assert.True(new FileInfo(Path.Combine(store.DataDirectory, "plateau.db-wal")).Length > 0);

        var next = (await Executable.RunAsync(store, "migrate", "--json")).Json;

        Assert.Equal(next["version"]!.GetValue<int>(), next["applied"]!.GetValue<int>());
        Assert.Equal(0, (await Executable.RunAsync(store, "doctor")).ExitCode);
    }

    [Theory]
    [InlineData("plateau.db")]
    [InlineData("plateau.db-wal")]
    public async Task Killed_when_a_file_appears_the_embedded_store_is_completed_by_the_next_run(string appears)
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(store.DataDirectory, appears);
        watcher.Created += (_, _) => seen.TrySetResult();
        watcher.EnableRaisingEvents = true;

        using (var migration = Executable.Start(["migrate", .. store.Arguments]))
        {
            await Task.WhenAny(seen.Task, migration.WaitForExitAsync(Cancel));
            migration.Kill();
            await migration.WaitForExitAsync(Cancel);
        }

        Assert.True(seen.Task.IsCompleted);
        Assert.Equal(0, (await Executable.RunAsync(store, "migrate")).ExitCode);
        Assert.Equal(0, (await Executable.RunAsync(store, "doctor")).ExitCode);
    }

    [Theory, EveryStore]
    public async Task A_store_of_a_newer_Plateau_is_refused_by_every_command_and_by_the_server(Store kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        var version = (await Executable.RunAsync(store, "migrate", "--json")).Json["version"]!.GetValue<int>();
        const string Newer = "insert into schema_versions (version, name, time_applied) values (999, 'later', 0)";
        if (kind == Store.Postgres)
        {
            await using var connection = new NpgsqlConnection(store.Postgres);
            await connection.OpenAsync(Cancel);
            await ExecuteAsync(connection, Newer);
        }
        else
        {
            await using var connection = new SqliteConnection(
                $"Data Source={Path.Combine(store.DataDirectory, "plateau.db")};Pooling=False");
            await connection.OpenAsync(Cancel);
            await ExecuteAsync(connection, Newer);
        }
        var reason = new SchemaTooNewException(999, version).Message;

        (await Executable.RunAsync(store, "migrate")).FailedWith(1, reason);
        (await Executable.RunAsync(store, "accounts", "list")).FailedWith(1, reason);
        (await Executable.RunAsync(store, "serve", "--urls", "http://127.0.0.1:0")).FailedWith(1, reason);
        Assert.Equal(1, (await Executable.RunAsync(store, "doctor")).ExitCode);
    }

    [Fact]
    public async Task Chunks_of_a_table_without_rowid_are_kept_when_they_move()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        await using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(store.DataDirectory, "plateau.db")};Pooling=False");
        await connection.OpenAsync(Cancel);
        await MigrateBelowAsync(connection, 9, store);
        await ExecuteAsync(
            connection,
            """
            insert into state_chunks values
                (x'02', 20000, 1, 2, 3, x'0405', randomblob(5000)), (x'01', 20001, 6, 7, 8, x'', zeroblob(1500));
            """);
        const string All = "select json_group_array(device_id || hex(data) || day || first_time || last_time || "
            + "records || hex(latest)) from (select * from state_chunks order by device_id)";
        var before = await ReadAsync(connection, All);

        var migrated = await Executable.RunAsync(store, "migrate");

        Assert.Equal((0, ""), (migrated.ExitCode, migrated.Error));
        Assert.Equal(before, await ReadAsync(connection, All));
        Assert.Equal("2", await ReadAsync(connection, "select count(distinct rowid) from state_chunks"));
    }

    // Leaves the store as a Plateau did whose newest script was the one before this.
    private static async Task MigrateBelowAsync(SqliteConnection connection, int version, TestStore store)
    {
        await using var engine = new Engine(
            Options.Create(new StorageOptions { DataDirectory = store.DataDirectory }));
        var scripts = new SchemaMigrator(engine, TimeProvider.System, NullLogger<SchemaMigrator>.Instance).Scripts;
        await ExecuteAsync(
            connection,
            "create table schema_versions (version integer primary key, name text not null, time_applied integer)");
        foreach (var script in scripts.Where(script => script.Version < version))
        {
            await ExecuteAsync(connection, script.Sql);
            await ExecuteAsync(
                connection, $"insert into schema_versions values ({script.Version}, '{script.Name}', 0)");
        }
    }

    private static async Task<NpgsqlConnection> HoldMigrationsAsync(TestStore store)
    {
        // Out of a pool that would keep it, and with it the lock.
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(store.Postgres) { Pooling = false }.ToString());
        await connection.OpenAsync(Cancel);
        await ExecuteAsync(connection, $"select pg_advisory_lock({SchemaMigrator.PostgresLock})");
        return connection;
    }

    // Waits for as many others as are held up by what the observer holds.
    private static async Task UntilBlockedAsync(NpgsqlConnection observer, int count)
    {
        await using var command = new NpgsqlCommand(
            "select count(distinct pid) from pg_locks "
                + "where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))",
            observer);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        while ((long)(await command.ExecuteScalarAsync(patience.Token))! < count) // count is never null
        {
            await Task.Delay(PollEvery, TimeProvider.System, patience.Token);
        }
    }

    private static async Task<string?> ReadAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
