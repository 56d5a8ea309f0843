using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests;

/// <summary>Looks into the store behind the server's back.</summary>
internal static class StoreRows
{
    private static readonly string[] Tables =
    [
        "accounts", "account_keys", "customers", "locations", "devices", "device_locations", "consent_changes",
        "erasures", "range_erasures", "customer_erasures", "audit_entries", "idempotency_keys", "device_states",
        "state_chunks", "state_events", "state_watches",
    ];

    /// <summary>How many rows a table has.</summary>
    public static Task<long> CountAsync(this TestServer server, string table) =>
        server.ReadNumberAsync($"select count(*) from {table}");

    /// <summary>How many rows every table has, as one text to compare.</summary>
    public static async Task<string> CountEverythingAsync(this TestServer server)
    {
        var counts = Tables.Select(table => $"'{table} ' || (select cast(count(*) as text) from {table})");
        return (string)await server.ReadAsync("select " + string.Join(" || ', ' || ", counts));
    }

    /// <summary>Runs a statement that answers one number.</summary>
    public static async Task<long> ReadNumberAsync(this TestServer server, string sql) =>
        Convert.ToInt64(await server.ReadAsync(sql), CultureInfo.InvariantCulture);

    /// <summary>Runs a statement that answers nothing.</summary>
    public static async Task ExecuteAsync(this TestServer server, string sql)
    {
        await using var connection = await server.Services.GetRequiredService<Engine>()
            .OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<object> ReadAsync(this TestServer server, string sql)
    {
        await using var connection = await server.Services.GetRequiredService<Engine>()
            .OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException("The statement answered nothing.");
    }
}
