using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Plateau.Server.Storage;

/// <summary>Tells faults of the store's reach from faults of what was asked.</summary>
internal static class StorageFaults
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteInputOutput = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;

    /// <summary>
    /// Whether the store is out of reach, full, stopping or overloaded, so that a repeat may succeed.
    /// </summary>
    public static bool IsUnavailable(Exception? exception) => exception switch
    {
        null => false,
        PostgresException postgres => IsUnavailable(postgres),
        NpgsqlException => true,
        SqliteException { SqliteErrorCode: var code } =>
            code is SqliteBusy or SqliteLocked or SqliteInputOutput or SqliteFull or SqliteCannotOpen,
        SocketException or TimeoutException => true,
        DbException { IsTransient: true } => true,
        _ => IsUnavailable(exception.InnerException),
    };

    /// <summary>
    /// Whether the store is there and has taken a transaction back, as it does with one of two that wait for each
    /// other.
    /// </summary>
    public static bool IsRolledBack(Exception? exception) =>
        exception is PostgresException { SqlState: var state } && state.StartsWith("40", StringComparison.Ordinal);

    /// <summary>Whether a row was held by another transaction, and waiting for it was not asked for.</summary>
    public static bool IsRowHeld(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    // Classes 08 connection, 53 resources, 57 operator intervention, 58 system, 40 rolled back; 55 not in a state to.
    private static bool IsUnavailable(PostgresException exception) =>
        exception.IsTransient || exception.SqlState[..2] is "08" or "53" or "57" or "58" or "40" or "55" or "25";
}
