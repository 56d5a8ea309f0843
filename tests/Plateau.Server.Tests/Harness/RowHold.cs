using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Plateau.Contracts;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests;

/// <summary>Holds the row of one object on PostgreSQL, as a slow change of it would, until it is disposed.</summary>
internal sealed class RowHold : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private RowHold(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    public static async Task<RowHold> OfDeviceAsync(TestServer server, string device)
    {
        var cancel = TestContext.Current.CancellationToken;
        var engine = server.Services.GetRequiredService<Engine>();
        var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            "select 1 from devices where id = @id for no key update", connection);
        command.Parameters.AddWithValue("id", ObjectIdText.Parse<DeviceId>(device).Value.ToByteArray());
        Assert.NotNull(await command.ExecuteScalarAsync(cancel));
        return new(connection, transaction);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
