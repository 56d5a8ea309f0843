using System.Globalization;
using Microsoft.OpenApi;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>A query parameter, for the reference and for refusing others.</summary>
internal sealed record QueryParameter(string Name, string Description, Func<OpenApiSchema> Describe)
{
    /// <summary>How many objects.</summary>
    public static readonly QueryParameter Limit = new(
        "limit", "How many objects, 1 to 100. Default 30.",
        () => new() { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "100", Default = 30 });

    /// <summary>A cursor.</summary>
    public static readonly QueryParameter StartingAfter = new(
        "starting_after", "Id of an object: the objects after it in list order.",
        () => new() { Type = JsonSchemaType.String });

    /// <summary>A cursor.</summary>
    public static readonly QueryParameter EndingBefore = new(
        "ending_before", "Id of an object: the objects just before it, still newest first.",
        () => new() { Type = JsonSchemaType.String });

    /// <summary>A filter.</summary>
    public static readonly QueryParameter ReferenceId = new(
        "reference_id", "Exactly this reference.",
        () => new() { Type = JsonSchemaType.String, MaxLength = 255 });

    /// <summary>An instant.</summary>
    public static QueryParameter Time(string name, string description) => new(
        name, description, () => new() { Type = JsonSchemaType.String, Format = "date-time" });

    /// <summary>A choice, false where it is not sent.</summary>
    public static QueryParameter Flag(string name, string description) => new(
        name, description, () => new() { Type = JsonSchemaType.Boolean, Default = false });

    /// <summary>A filter by the id of another object.</summary>
    public static QueryParameter ById(string name, string description) => new(
        name, description, () => new() { Type = JsonSchemaType.String, Pattern = "^[a-z]{2,4}_[A-Za-z0-9]+$" });
}

/// <summary>Which page of a list is wanted.</summary>
/// <param name="Limit">How many objects, 1–100.</param>
/// <param name="After">The objects after this one; null from the start.</param>
/// <param name="Before">The objects just before this one; null when not asked.</param>
internal sealed record ListQuery(int Limit, ObjectId? After, ObjectId? Before)
{
    private const int DefaultLimit = 30;
    private const int MaxLimit = 100;

    /// <summary>Whether the page is read towards newer objects, to be turned round.</summary>
    public bool Backwards => Before is not null;

    /// <summary>Reads <c>limit</c> and the cursors; everything wrong in the query is reported at once.</summary>
    /// <param name="query">The query reader, which also takes the endpoint's own filters.</param>
    /// <param name="notFoundCode">Code for a cursor that has the form of an id, but of no object of this list.</param>
    /// <param name="page">The page; meaningless when the reader has faults.</param>
    public static void Read<TId>(QueryReader query, string notFoundCode, out ListQuery page)
        where TId : struct, IObjectId<TId>
    {
        var limit = DefaultLimit;
        if (query.Text("limit") is { } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is >= 1 and <= MaxLimit))
        {
            query.Refuse("limit", "limit_invalid", $"limit must be between 1 and {MaxLimit}; it was {Quote.Of(text)}.");
        }
        var after = ReadCursor<TId>(query, "starting_after", notFoundCode);
        var before = ReadCursor<TId>(query, "ending_before", notFoundCode);
        if (after is not null && before is not null)
        {
            query.Refuse(
                "ending_before", ErrorCodes.CursorConflict, "starting_after and ending_before exclude each other.");
        }
        page = new ListQuery(limit, after, before);
    }

    private static ObjectId? ReadCursor<TId>(QueryReader query, string name, string notFoundCode)
        where TId : struct, IObjectId<TId>
    {
        if (query.Text(name) is not { } text)
        {
            return null;
        }
        if (!ObjectIdText.IsWellFormed(text))
        {
            query.Refuse(name, ErrorCodes.CursorInvalid, $"{name} must be an id; it was {Quote.Of(text)}.");
        }
        else if (!ObjectIdText.TryParse(text, out TId id))
        {
            query.RefuseAsNothing(ApiError.NotFound(notFoundCode, $"There is no {Quote.Of(text)} in this list."));
        }
        else
        {
            return id.Value;
        }
        return null;
    }
}
