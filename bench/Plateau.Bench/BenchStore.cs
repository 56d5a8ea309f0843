using Microsoft.Data.Sqlite;
using Npgsql;
using Plateau.Server.Storage;

namespace Plateau.Bench;

/// <summary>A store of one server's own, with a fleet in it; gone when it is disposed of.</summary>
internal sealed class BenchStore : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string? _cluster;
    private readonly string _database;
    private readonly WebApplication _host;

    private BenchStore(string folder, string? cluster)
    {
        _folder = folder;
        _cluster = cluster;
        _database = $"plateau_bench_{Environment.ProcessId}_{Path.GetFileName(folder)}";
        Settings = new Dictionary<string, string?>
        {
            ["Plateau:Storage:DataDirectory"] = folder,
            ["Plateau:Storage:Postgres"] = cluster is null
                ? null
                : new NpgsqlConnectionStringBuilder(cluster) { Database = _database }.ConnectionString,
        };
        _host = BenchServer.BuildPlateau("http://127.0.0.1:0", Settings, keepsNothing: false);
    }

    /// <summary>The settings of a server on this store.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>The settings as a server under test takes them.</summary>
    public IEnumerable<string> Arguments => Settings.Where(pair => pair.Value is not null)
        .SelectMany(pair => (string[])[pair.Key, pair.Value ?? ""]);

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
        if (_cluster is not null)
        {
            // What follows a bulk load of its own accord would otherwise happen in the middle of some round.
            await using var connection = await _host.Services.GetRequiredService<Engine>().OpenAsync(cancel);
            foreach (var sql in (string[])["vacuum analyze", "checkpoint"])
            {
                await using var command = connection.CreateCommand();
                command.CommandText = sql;
                await command.ExecuteNonQueryAsync(cancel);
            }
        }
        SqliteConnection.ClearAllPools();
        return fleet;
    }

    /// <summary>Counts the records of states in the store.</summary>
    public async Task<long> CountStatesAsync(CancellationToken cancel)
    {
        await using var connection = await _host.Services.GetRequiredService<Engine>().OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from device_states";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), null);
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
