using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>Walks a list of the API page by page, by the cursors of an address.</summary>
internal static class PageWalk
{
    /// <summary>Reads one page.</summary>
    /// <param name="list">Reads a page of the list.</param>
    /// <param name="after">Id of the object before the page; null without.</param>
    /// <param name="before">Id of the object after the page; null without. It counts before the other.</param>
    /// <param name="size">Objects a page, 1–100.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PlateauException">It could not be read.</exception>
    public static async Task<WalkedPage<T>> ReadAsync<T, TId>(
        Func<PageRequest<TId>, CancellationToken, Task<ListPage<T>>> list, string? after, string? before, int size,
        CancellationToken cancel) where TId : struct, IObjectId<TId>
    {
        if (ObjectIdText.TryParse(before, out TId next))
        {
            var page = await list(new() { Limit = size, EndingBefore = next }, cancel);
            if (page.HasMore)
            {
                return new(page.Data, HasPrevious: true, HasNext: true);
            }
            // The first page: it is shown whole, with what has come since.
        }
        else if (ObjectIdText.TryParse(after, out TId previous))
        {
            var page = await list(new() { Limit = size, StartingAfter = previous }, cancel);
            return new(page.Data, HasPrevious: page.Data.Count > 0, page.HasMore);
        }
        var first = await list(new() { Limit = size }, cancel);
        return new(first.Data, HasPrevious: false, first.HasMore);
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="HasPrevious">Whether there are newer ones.</param>
/// <param name="HasNext">Whether there are older ones.</param>
internal sealed record WalkedPage<T>(IReadOnlyList<T> Items, bool HasPrevious, bool HasNext);
