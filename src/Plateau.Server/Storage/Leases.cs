using Plateau.Contracts;
using Plateau.Server.Access;

namespace Plateau.Server.Storage;

/// <summary>
/// Lets one process at a time do a background work, so that it is not done twice. What the work must not break is
/// guarded by locks of its own: a lease may pass on while its holder has stopped to look.
/// </summary>
internal sealed class Leases(Engine engine)
{
    private readonly byte[] _holder = Secrets.RandomBytes(ObjectId.Size);

    /// <summary>Takes a lease, or keeps one that this process holds.</summary>
    /// <param name="name">The work.</param>
    /// <param name="duration">For how long, by the store's clock.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Whether this process has it. The embedded engine has one process.</returns>
    public async Task<bool> TryHoldAsync(string name, TimeSpan duration, CancellationToken cancel)
    {
        if (engine.Kind == EngineKind.Embedded)
        {
            return true;
        }
        await using var command = engine.Postgres.CreateCommand("""
            insert into leases as l (name, holder, until)
            select @name, @holder, now + @duration from (
                select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now) c
            on conflict (name) do update set holder = excluded.holder, until = excluded.until
            where l.holder = excluded.holder or l.until < excluded.until - @duration
            returning 1
            """);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("holder", _holder);
        command.Parameters.AddWithValue("duration", duration.Ticks / TimeSpan.TicksPerMicrosecond);
        return await command.ExecuteScalarAsync(cancel) is not null;
    }
}
