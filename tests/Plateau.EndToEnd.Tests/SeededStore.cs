using System.Data.Common;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Plateau.Contracts;
using Plateau.Server;
using Plateau.Server.Accounts;
using Plateau.Server.Storage;

namespace Plateau.EndToEnd.Tests;

/// <summary>A store with an account and a key, ready for processes to run on.</summary>
internal sealed class SeededStore(Dictionary<string, string?> settings, string[] arguments)
{
    private const string PostgresSetting = "Plateau:Storage:Postgres";

    /// <summary>The account.</summary>
    public AccountId AccountId { get; private set; }

    /// <summary>A key of it that may do everything.</summary>
    public string Secret { get; private set; } = "";

    /// <summary>The options that choose it on the command line.</summary>
    public string[] Arguments => arguments;

    public static async Task<SeededStore> CreateAsync(Dictionary<string, string?> settings, string[] arguments)
    {
        var store = new SeededStore(settings, arguments);
        await store.SeedAsync();
        return store;
    }

    /// <summary>A client of the account that may do everything.</summary>
    public async Task<ApiClient> SignInAsync(ServerProcess server)
    {
        var client = server.NewClient();
        await client.SignInAsync(AccountId, Secret);
        return client;
    }

    /// <summary>The same, or null while the server cannot sign anybody in.</summary>
    public async Task<ApiClient?> TrySignInAsync(ServerProcess server)
    {
        var client = server.NewClient();
        var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        request.Headers.Authorization = ApiClient.Basic(AccountId.ToString(), Secret);
        try
        {
            if ((await client.SendAsync(request)).Status == HttpStatusCode.OK)
            {
                return await SignInAsync(server);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // It is being killed.
        }
        return null;
    }

    /// <summary>How many state records are kept, and how many different ones by their references.</summary>
    public async Task<(long Rows, long References)> CountAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*), count(distinct record_reference_id) from device_states";
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        return (
            Convert.ToInt64(reader[0], CultureInfo.InvariantCulture),
            Convert.ToInt64(reader[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Runs a statement that answers one number.</summary>
    public async Task<long> ReadNumberAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>Runs a statement that answers nothing.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    // Not from a pool: a connection there would not outlive a stop of the store, and would hold its file.
    private async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = settings[PostgresSetting] is { } postgres
            ? new NpgsqlConnection(postgres + ";Pooling=False")
            : new SqliteConnection($"Data Source={settings["Plateau:Storage:DataDirectory"]}/plateau.db;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private async Task SeedAsync()
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.AddPlateau();
        await using var app = builder.Build();
        await app.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(TestContext.Current.CancellationToken);
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        var registry = scope.ServiceProvider.GetRequiredService<AccountRegistry>();
        var account = registry.NewAccount("End to end");
        var (key, secret) = registry.NewKey(
            account.Id, liveMode: false, new AccountKeyDraft { Scope = KeyScope.Manage });
        await using var write = await db.BeginWriteAsync(TestContext.Current.CancellationToken);
        db.Accounts.Add(account);
        db.Keys.Add(key);
        await write.CommitAsync(TestContext.Current.CancellationToken);
        (AccountId, Secret) = (account.Id, secret);
    }
}
