using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>One page of rows, newest first.</summary>
internal sealed record RegistryPage<TRow>(List<TRow> Rows, bool HasMore)
{
    /// <summary>The page on the wire.</summary>
    public ListPage<TWire> ToWire<TWire>(string url, Func<TRow, TWire> toWire) =>
        new() { Url = url, HasMore = HasMore, Data = [.. Rows.Select(toWire)] };
}

/// <summary>Reads pages of the registry by id, which is the order of every list.</summary>
internal static class RegistryPage
{
    /// <summary>Reads one page.</summary>
    /// <param name="rows">The rows to page through, in any order.</param>
    /// <param name="page">Which page.</param>
    /// <param name="id">The id of a row.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<RegistryPage<TRow>> ReadAsync<TRow, TId>(
        IQueryable<TRow> rows, ListQuery page, Expression<Func<TRow, TId>> id, CancellationToken cancel)
        where TRow : class
        where TId : struct, IObjectId<TId>
    {
        if ((page.After ?? page.Before) is { } value)
        {
            var cursor = new Cursor<TId>(TId.Of(value));
            var right = Expression.Property(Expression.Constant(cursor), nameof(cursor.Id));
            var comparison = page.Backwards
                ? Expression.GreaterThan(id.Body, right)
                : Expression.LessThan(id.Body, right);
            rows = rows.Where(Expression.Lambda<Func<TRow, bool>>(comparison, id.Parameters));
        }
        rows = page.Backwards ? rows.OrderBy(id) : rows.OrderByDescending(id);
        var found = await rows.Take(page.Limit + 1).ToListAsync(cancel);
        var hasMore = found.Count > page.Limit;
        if (hasMore)
        {
            found.RemoveAt(page.Limit);
        }
        if (page.Backwards)
        {
            found.Reverse();
        }
        return new(found, hasMore);
    }

    // A property rather than a constant, so that the query is planned once for all cursors.
    private sealed record Cursor<TId>(TId Id);
}
