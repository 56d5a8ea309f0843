using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Plateau.Client;

namespace Plateau.Server.Commands.Api;

/// <summary>
/// Creations that several runs may ask for: the first makes the object, and the others are given the same.
/// </summary>
internal static class SharedCreation
{
    private const int MaxDeletedBefore = 10;

    /// <summary>Makes an object, or finds the one that the same draft made within a day.</summary>
    /// <param name="draft">The object.</param>
    /// <param name="form">How a draft is written.</param>
    /// <param name="create">Makes it, once for the key that it is given; null: for a key of its own.</param>
    /// <param name="get">Gets it, to see that it is there.</param>
    /// <exception cref="PlateauException">The server refuses, or does not answer.</exception>
    /// <remarks>
    /// The key follows from the draft and its kind. The server remembers a key for a day, also when the object was
    /// deleted since; then the next one is taken. What was deleted ten times within a day is made under a key that
    /// nobody else has: of runs at once, each makes one then.
    /// </remarks>
    public static async Task<T> CreateAsync<TDraft, T>(
        TDraft draft, JsonTypeInfo<TDraft> form, Func<string?, Task<T>> create, Func<T, Task<T>> get)
    {
        var text = JsonSerializer.Serialize(draft, form);
        for (var deleted = 0; deleted < MaxDeletedBefore; deleted++)
        {
            var made = await create(KeyOf(typeof(TDraft).Name, text, deleted));
            if (await ExistsAsync(() => get(made)))
            {
                return made;
            }
        }
        return await create(null);
    }

    // Users choose keys of their own, and drafts of several kinds may read alike.
    private static string KeyOf(string kind, string draft, int deleted)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{deleted} {draft}");
        return $"plateau-{kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }

    private static async Task<bool> ExistsAsync<T>(Func<Task<T>> get)
    {
        try
        {
            await get();
            return true;
        }
        catch (PlateauException refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}
