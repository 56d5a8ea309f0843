using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Storage;

namespace Plateau.Server.Audit;

/// <summary>One change of registry, keys or consents, as it is stored.</summary>
internal sealed class AuditEntryRow
{
    public required AuditEntryId Id { get; init; }
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }

    /// <summary>The key that made the change; null when the operator made it on the server.</summary>
    public required KeyId? KeyId { get; init; }

    public required DateTimeOffset Time { get; init; }
    public required string ObjectId { get; init; }
    public required string Action { get; init; }

    /// <summary>The entry on the wire.</summary>
    public AuditEntry ToWire() => new()
    {
        Id = Id,
        LiveMode = LiveMode,
        KeyId = KeyId,
        Time = Time,
        ObjectId = ObjectId,
        Action = Action,
    };
}

/// <summary>Writes the trail, in the same transaction as what it tells of.</summary>
internal sealed class AuditTrail(RegistryIds ids, TimeProvider clock)
{
    /// <summary>Notes a change by a caller of the API.</summary>
    public void Note(PlateauDb db, Caller caller, string action, string objectId) =>
        Note(db, caller.AccountId, caller.LiveMode, caller.KeyId, action, objectId);

    /// <summary>Notes a change of a row by a caller of the API; nothing when the row is as it was.</summary>
    public void NoteChange(PlateauDb db, Caller caller, object row, string action, string objectId)
    {
        if (db.Entry(row).State == EntityState.Modified)
        {
            Note(db, caller, action, objectId);
        }
    }

    /// <summary>Notes a change of an account by the operator, in the trail of each of its modes.</summary>
    public void NoteByOperator(PlateauDb db, AccountId account, string action)
    {
        NoteByOperator(db, account, liveMode: false, action, account.ToString());
        NoteByOperator(db, account, liveMode: true, action, account.ToString());
    }

    /// <summary>Notes a change by the operator, on the server.</summary>
    public void NoteByOperator(PlateauDb db, AccountId account, bool liveMode, string action, string objectId) =>
        Note(db, account, liveMode, null, action, objectId);

    private void Note(
        PlateauDb db, AccountId account, bool liveMode, KeyId? key, string action, string objectId) =>
        db.AuditEntries.Add(new AuditEntryRow
        {
            Id = ids.Next<AuditEntryId>(),
            AccountId = account,
            LiveMode = liveMode,
            KeyId = key,
            Time = clock.GetUtcNow(),
            ObjectId = objectId,
            Action = action,
        });
}
