using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests;

/// <summary>Holds rows on PostgreSQL, as a slow change of them would, until it is disposed.</summary>
internal sealed class RowHold : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private RowHold(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    /// <summary>Holds the row of one device: it cannot be changed.</summary>
    public static async Task<RowHold> OfDeviceAsync(TestServer server, string device)
    {
        await using var command = new NpgsqlCommand("select 1 from devices where id = @id for no key update");
        command.Parameters.AddWithValue("id", ObjectIdText.Parse<DeviceId>(device).Value.ToByteArray());
        return await TakeAsync(server, command);
    }

    /// <summary>Holds all keys: nobody can sign in.</summary>
    public static async Task<RowHold> OfKeysAsync(TestServer server)
    {
        await using var command = new NpgsqlCommand(
            "lock table account_keys in access exclusive mode; select 1");
        return await TakeAsync(server, command);
    }

    private static async Task<RowHold> TakeAsync(TestServer server, NpgsqlCommand command)
    {
        var cancel = TestContext.Current.CancellationToken;
        var connection = await server.Services.GetRequiredService<Engine>().Postgres.OpenConnectionAsync(cancel);
        var transaction = await connection.BeginTransactionAsync(cancel);
        command.Connection = connection;
        Assert.NotNull(await command.ExecuteScalarAsync(cancel));
        return new(connection, transaction);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
