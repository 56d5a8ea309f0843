using System.Globalization;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>
/// The log of accepted records of accounts that are watched, for a quarter of an hour: one for each engine. It is
/// written in the transactions that keep the records.
/// </summary>
internal interface IStateLog
{
    /// <summary>For how long a reader can resume, and the log goes on when nobody watches any more.</summary>
    static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long after a record's arrival, whose time it bears, the transaction that keeps it may end.
    /// </summary>
    static readonly TimeSpan MayBeOpen = TimeSpan.FromMinutes(3);

    /// <summary>Watches an account's mode, or goes on watching; to be repeated every minute.</summary>
    /// <returns>Since when it has been watched without a break, and where the log is now.</returns>
    Task<LogWatch> WatchAsync(Caller caller, CancellationToken cancel);

    /// <summary>Reads on in the log.</summary>
    /// <param name="caller">Whose records.</param>
    /// <param name="after">Where to read on.</param>
    /// <param name="device">Only this device's; null for all of the caller's.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>
    /// The records, each device's in the order of their acceptance; without those of devices that are gone or whose
    /// owners do not agree any more.
    /// </returns>
    Task<LogPage> ReadAsync(Caller caller, LogPlace after, DeviceId? device, int limit, CancellationToken cancel);

    /// <summary>Removes what is older than <see cref="KeptFor"/> and <see cref="MayBeOpen"/> together.</summary>
    Task PruneAsync(CancellationToken cancel);
}

/// <summary>A place in the log.</summary>
/// <param name="Transaction">The transaction; 0 on the embedded engine, where they do not overlap.</param>
/// <param name="Number">The number of the record before it.</param>
internal readonly record struct LogPlace(long Transaction, long Number)
{
    /// <summary>Whether it is behind another.</summary>
    public bool IsAfter(LogPlace other) =>
        Transaction > other.Transaction || (Transaction == other.Transaction && Number > other.Number);
}

/// <summary>A watch.</summary>
/// <param name="Since">Since when records are in the log without a break.</param>
/// <param name="Now">The end of the log; records that are accepted from now on come after it.</param>
internal sealed record LogWatch(DateTimeOffset Since, LogPlace Now);

/// <summary>A piece of the log.</summary>
/// <param name="States">Its records.</param>
/// <param name="ReadUpTo">Where to read on.</param>
/// <param name="End">
/// No record that was accepted before this piece was read comes after it; behind <paramref name="ReadUpTo"/> where a
/// transaction is still open, or where there is more.
/// </param>
internal sealed record LogPage(IReadOnlyList<LoggedState> States, LogPlace ReadUpTo, LogPlace End);

/// <summary>A record in the log.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Record">The record.</param>
internal sealed record LoggedState(LogPlace Place, StateRecord Record)
{
    /// <summary>Its name for a reader that wants to go on from here.</summary>
    public EventId Id => new(Record.CreatedUnixMilliseconds, Place);
}

/// <summary>The id of an event: when it was accepted, and its place.</summary>
internal readonly record struct EventId(long UnixMilliseconds, LogPlace Place)
{
    /// <summary>When it was accepted.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{UnixMilliseconds}-{Place.Transaction}-{Place.Number}");

    /// <summary>Reads an id; false when it is none.</summary>
    public static bool TryParse(string text, out EventId id)
    {
        id = default;
        var parts = text.Split('-');
        if (parts.Length != 3 || !TryRead(parts[0], out var time) || !TryRead(parts[1], out var transaction)
            || !TryRead(parts[2], out var number) || time > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }
        id = new(time, new(transaction, number));
        return true;
    }

    private static bool TryRead(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
