using Microsoft.Data.Sqlite;
using Npgsql;

namespace Plateau.Server.Tests;

/// <summary>An empty store of its own for one test, removed afterwards.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private const string PostgresVariable = "PLATEAU_TEST_POSTGRES";
    private static int _count;

    private readonly string _schema = "";

    private TestStore(Store kind, string dataDirectory, string? postgres, string schema)
    {
        Kind = kind;
        DataDirectory = dataDirectory;
        Postgres = postgres;
        _schema = schema;
    }

    /// <summary>Its engine.</summary>
    public Store Kind { get; }

    /// <summary>A folder of its own, also on PostgreSQL.</summary>
    public string DataDirectory { get; }

    /// <summary>Connection string of a schema of its own; null on the embedded engine.</summary>
    public string? Postgres { get; }

    /// <summary>The settings that choose this store.</summary>
    public Dictionary<string, string?> Settings => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Plateau:Storage:DataDirectory"] = DataDirectory,
        ["Plateau:Storage:Postgres"] = Postgres,
    };

    /// <summary>The options that choose this store on the command line.</summary>
    public string[] Arguments =>
        Postgres is null ? ["--data-dir", DataDirectory] : ["--data-dir", DataDirectory, "--postgres", Postgres];

    public static async Task<TestStore> CreateAsync(Store kind)
    {
        var folder = Directory.CreateTempSubdirectory("plateau-test-").FullName;
        if (kind == Store.Embedded)
        {
            return new(kind, folder, null, "");
        }
        var server = Environment.GetEnvironmentVariable(PostgresVariable);
        Assert.True(
            server is { Length: > 0 },
            $"{PostgresVariable} must be the connection string of a PostgreSQL the tests may use; ./test sets it.");
        var schema = $"plateau_test_{Environment.ProcessId}_{Interlocked.Increment(ref _count)}";
        await ExecuteAsync(server, $"create schema {schema}");
        var connection = new NpgsqlConnectionStringBuilder(server) { SearchPath = schema, MaxPoolSize = 20 };
        return new(kind, folder, connection.ToString(), schema);
    }

    public async ValueTask DisposeAsync()
    {
        if (Kind == Store.Postgres)
        {
            await ExecuteAsync(Environment.GetEnvironmentVariable(PostgresVariable)!, $"drop schema {_schema} cascade");
        }
        else
        {
            SqliteConnection.ClearAllPools();
        }
        Directory.Delete(DataDirectory, recursive: true);
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ToString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
