using Npgsql;

namespace Plateau.Server.Tests.Storage;

/// <summary>How the server connects.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task The_operators_own_options_reach_postgresql_beside_ours()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);
        var settings = new Dictionary<string, string?>
        {
            ["Plateau:Storage:Postgres"] =
                new NpgsqlConnectionStringBuilder(store.Postgres) { Options = "-c work_mem=7MB" }.ToString(),
            ["Plateau:Storage:StatementTimeoutSeconds"] = "17",
        };
        await using var server = await TestServer.StartAsync(Store.Postgres, settings: settings);
        Assert.Equal(7 * 1024, await server.ReadNumberAsync("select setting from pg_settings where name = 'work_mem'"));
        Assert.Equal(
            17_000, await server.ReadNumberAsync("select setting from pg_settings where name = 'statement_timeout'"));
    }
}
