using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Plateau.Server.Storage;

/// <summary>Tells faults of the store's reach from faults of what was asked.</summary>
internal static class StorageFaults
{
    /// <summary>
    /// Whether the store is out of reach, full, broken, stopping or overloaded: whatever is asked of it fails, and a
    /// repeat may succeed when an operator has seen to it.
    /// </summary>
    public static bool IsUnavailable(Exception? exception) => exception switch
    {
        null => false,
        PostgresException postgres => IsUnavailable(postgres),
        NpgsqlException => true,
        SqliteException sqlite => sqlite.SqliteErrorCode
            is raw.SQLITE_PERM or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_READONLY
            or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL
            or raw.SQLITE_NOTADB,
        SocketException or TimeoutException => true,
        _ => IsUnavailable(exception.InnerException),
    };

    /// <summary>
    /// Whether the store is there and has taken a transaction back, as it does with one of two that wait for each
    /// other.
    /// </summary>
    public static bool IsRolledBack(Exception? exception) =>
        exception is PostgresException { SqlState: var state } && state.StartsWith("40", StringComparison.Ordinal);

    // Classes 08 connection, 25 wrong state of a transaction, 28 not let in, 3D no such database, 3F no such schema,
    // 40 rolled back, 53 resources, 55 not in a state to, 57 operator intervention, 58 system, XX broken inside.
    private static bool IsUnavailable(PostgresException exception) =>
        exception.IsTransient
        || exception.SqlState[..2]
            is "08" or "25" or "28" or "3D" or "3F" or "40" or "53" or "55" or "57" or "58" or "XX"
        || exception.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedTable;
}
