using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Plateau.Server.Storage;

namespace Plateau.Server.Telemetry;

/// <summary>
/// The partitions of the table of chunks, one a month. They are made when the first record of their month comes, and
/// never dropped: an empty one takes no space.
/// </summary>
internal sealed class PostgresPartitions(Engine engine)
{
    private const long PartitionLock = 0x506c_6174_6561_7502;
    private const int VacuumAfterErased = 1_000;

    private readonly ConcurrentDictionary<DateOnly, bool> _known = new();
    private long _erased;

    /// <summary>Makes the partitions that some days want.</summary>
    /// <param name="days">Days since 1970-01-01.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task EnsureAsync(IEnumerable<int> days, CancellationToken cancel)
    {
        foreach (var month in days.Select(MonthOf).Distinct())
        {
            if (!_known.ContainsKey(month))
            {
                await MakeAsync(month, cancel);
                _known[month] = true;
            }
        }
    }

    /// <summary>Counts erased rows and chunks.</summary>
    public void NoteErased(int count) => Interlocked.Add(ref _erased, count);

    /// <summary>
    /// Lets PostgreSQL cut empty ends off the files when much was erased; the rest is reused. Takes as long as reading
    /// the tables that have changed.
    /// </summary>
    /// <returns>False: it is done.</returns>
    public async Task<bool> VacuumAsync(CancellationToken cancel)
    {
        if (Interlocked.Read(ref _erased) < VacuumAfterErased)
        {
            return false;
        }
        Interlocked.Exchange(ref _erased, 0);
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        // The session's bound on statements is for what people wait for; it comes back with the next reset.
        await using var command = new NpgsqlCommand("set statement_timeout = 0", connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
        try
        {
            command.CommandText = "vacuum (skip_locked) state_chunks";
            await command.ExecuteNonQueryAsync(cancel);
        }
        finally
        {
            command.CommandText = "reset statement_timeout";
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        return false;
    }

    // Attached rather than made in place: that waits for no query of the other months.
    private async Task MakeAsync(DateOnly month, CancellationToken cancel)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"state_chunks_{month:yyyyMM}");
        var (from, to) = (DayOf(month), DayOf(month.AddMonths(1)));
        await using var connection = await engine.Postgres.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock({PartitionLock})", connection);
        await command.ExecuteNonQueryAsync(cancel);
        command.CommandText = $"select to_regclass('{name}') is null";
        if (await command.ExecuteScalarAsync(cancel) is true)
        {
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
                create table {name} (like state_chunks including all);
                alter table {name} alter column data set storage external;
                alter table {name} add check (day >= {from} and day < {to});
                alter table state_chunks attach partition {name} for values from ({from}) to ({to})
                """);
            await command.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private static DateOnly MonthOf(int day)
    {
        var date = DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day);
        return new DateOnly(date.Year, date.Month, 1);
    }

    private static int DayOf(DateOnly date) => date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
}
