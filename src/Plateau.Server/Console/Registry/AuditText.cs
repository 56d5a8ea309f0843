using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>Words for an entry of the audit trail.</summary>
internal static class AuditText
{
    /// <summary>What happened, in words: <c>device.states_erased</c> is "Device states erased".</summary>
    public static string ActionOf(AuditEntry entry)
    {
        var words = entry.Action.Replace('.', ' ').Replace('_', ' ');
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>Address of the object's page; null when it has none, or the entry is of its deletion.</summary>
    public static string? AddressOf(AuditEntry entry) => entry.Action.EndsWith(".deleted", StringComparison.Ordinal)
        ? null
        : PageOf(entry.ObjectId) is { } page ? $"{page}/{entry.ObjectId}" : null;

    private static string? PageOf(string id) =>
        ObjectIdText.TryParse(id, out DeviceId _) ? "devices"
        : ObjectIdText.TryParse(id, out LocationId _) ? "locations"
        : ObjectIdText.TryParse(id, out CustomerId _) ? "customers"
        : null;
}
