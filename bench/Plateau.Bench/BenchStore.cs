using Microsoft.Data.Sqlite;
using Npgsql;
using Plateau.Server.Storage;

namespace Plateau.Bench;

/// <summary>A store of one server's own, with a fleet in it; gone when it is disposed of.</summary>
internal sealed class BenchStore : IAsyncDisposable
{
    // The server looks once a minute for what it can give back, and at its log only when that has rested.
    private const int SecondsOfRest = 95;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder;
    private readonly string? _cluster;
    private readonly string _database;
    private readonly string? _connection;
    private readonly WebApplication _host;

    private BenchStore(string folder, string? cluster)
    {
        _folder = folder;
        _cluster = cluster;
        _database = $"plateau_bench_{Environment.ProcessId}_{Path.GetFileName(folder)}";
        _connection = cluster is null
            ? null
            : new NpgsqlConnectionStringBuilder(cluster) { Database = _database }.ConnectionString;
        var settings = new Dictionary<string, string?>
        {
            ["Plateau:Storage:DataDirectory"] = folder,
            ["Plateau:Storage:Postgres"] = _connection,
        };
        _host = BenchServer.BuildPlateau("http://127.0.0.1:0", settings, keepsNothing: false);
    }

    /// <summary>Folder of the embedded store.</summary>
    public string Folder => _folder;

    /// <summary>The arguments with which <c>plateau</c> works on this store.</summary>
    public IReadOnlyList<string> Arguments =>
        _connection is null ? ["--data-dir", _folder] : ["--postgres", _connection];

    /// <summary>Makes a store.</summary>
    /// <param name="folder">A folder that is not there yet; on the disk that is to be measured.</param>
    /// <param name="cluster">Connection string of PostgreSQL; null for the embedded engine.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<BenchStore> CreateAsync(string folder, string? cluster, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var store = new BenchStore(folder, cluster);
        await store.ExecuteOnClusterAsync($"create database {store._database}", cancel);
        return store;
    }

    /// <summary>Puts a fleet in.</summary>
    /// <param name="size">Devices.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Fleet> FillAsync(int size, CancellationToken cancel)
    {
        var fleet = await Fleet.CreateAsync(_host.Services, size, cancel);
        await SettleAsync(cancel);
        return fleet;
    }

    /// <summary>Changes what is in it.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await RunAsync([sql], cancel);
        await SettleAsync(cancel);
    }

    // What follows a bulk load of its own accord would otherwise happen in the middle of some round.
    private async Task SettleAsync(CancellationToken cancel)
    {
        if (_cluster is not null)
        {
            await RunAsync(["vacuum analyze", "checkpoint"], cancel);
        }
        SqliteConnection.ClearAllPools();
    }

    private async Task RunAsync(string[] statements, CancellationToken cancel)
    {
        await using var connection = await _host.Services.GetRequiredService<Engine>().OpenAsync(cancel);
        foreach (var sql in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Counts the records of states in the store.</summary>
    public async Task<long> CountStatesAsync(CancellationToken cancel)
    {
        await using var connection = await _host.Services.GetRequiredService<Engine>().OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "select (select count(*) from device_states) + (select coalesce(sum(records), 0) from state_chunks)";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), null);
    }

    /// <summary>Bytes the store takes on the disk, with everything that is in it.</summary>
    public async Task<long> MeasureAsync(CancellationToken cancel)
    {
        if (_cluster is null)
        {
            return new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        await using var connection = await _host.Services.GetRequiredService<Engine>().OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "select pg_database_size(current_database())";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), null);
    }

    /// <summary>The same, once the store gives nothing back any more by itself, such as the write-ahead log.</summary>
    public async Task<long> MeasureAtRestAsync(CancellationToken cancel)
    {
        var start = TimeProvider.System.GetTimestamp();
        var least = await MeasureAsync(cancel);
        for (var unchanged = 0;
            unchanged < SecondsOfRest && TimeProvider.System.GetElapsedTime(start) < Patience;
            unchanged++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancel);
            var now = await MeasureAsync(cancel);
            unchanged = now < least ? 0 : unchanged;
            least = Math.Min(least, now);
        }
        return least;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        SqliteConnection.ClearAllPools();
        await ExecuteOnClusterAsync($"drop database if exists {_database} with (force)", CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ExecuteOnClusterAsync(string sql, CancellationToken cancel)
    {
        if (_cluster is not null)
        {
            await using var source = NpgsqlDataSource.Create(_cluster);
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }
}
