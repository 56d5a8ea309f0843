using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>
/// Names of the account's keys. Those that were revoked, and more than a hundred, are told by their ids.
/// </summary>
/// <param name="names">The names by key.</param>
public sealed class KeyNames(IReadOnlyDictionary<KeyId, string> names)
{
    private const int KeysRead = 100;

    /// <summary>No key is known by its name.</summary>
    public static readonly KeyNames None = new(new Dictionary<KeyId, string>());

    /// <summary>The name of a key; null where it is not known.</summary>
    public string? Of(KeyId key) => names.GetValueOrDefault(key);

    /// <summary>Reads the names; only a key that may manage sees the others.</summary>
    /// <param name="client">Calls the API.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">They could not be read.</exception>
    public static async Task<KeyNames> ReadAsync(PlateauClient client, CancellationToken cancel)
    {
        var keys = await client.Account.ListKeysPageAsync(new() { Limit = KeysRead }, cancel);
        return new(keys.Data.Where(key => key.Name is not null).ToDictionary(key => key.Id, key => key.Name ?? ""));
    }
}
