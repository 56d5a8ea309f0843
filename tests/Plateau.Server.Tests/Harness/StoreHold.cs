using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests;

/// <summary>Keeps records from being written, as a slow disk or another's lock would, until it is disposed.</summary>
internal sealed class StoreHold : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly DbConnection? _connection;
    private readonly DbTransaction? _transaction;

    private StoreHold(Engine engine, DbConnection? connection, DbTransaction? transaction)
    {
        _engine = engine;
        _connection = connection;
        _transaction = transaction;
    }

    public static async Task<StoreHold> TakeAsync(TestServer server)
    {
        var cancel = TestContext.Current.CancellationToken;
        var engine = server.Services.GetRequiredService<Engine>();
        if (engine.Kind == EngineKind.Embedded)
        {
            await engine.Writer.WaitAsync(cancel);
            return new(engine, null, null);
        }
        var connection = await engine.OpenAsync(cancel);
        var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "lock table device_states in exclusive mode";
        await command.ExecuteNonQueryAsync(cancel);
        return new(engine, connection, transaction);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is null || _transaction is null)
        {
            _engine.Writer.Release();
            return;
        }
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
