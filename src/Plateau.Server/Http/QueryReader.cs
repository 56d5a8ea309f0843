using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>
/// Reads a query strictly: unknown and repeated parameters are refused, and everything wrong at once.
/// </summary>
internal sealed class QueryReader
{
    private const int MaxTextLength = 255;

    private readonly IQueryCollection _query;
    private readonly List<FieldError> _faults;
    private ApiError? _nothing;

    /// <summary>Starts reading the query of a request, knowing what its endpoint declares.</summary>
    public QueryReader(HttpContext context)
    {
        _query = context.Request.Query;
        _faults = [.. FindStrange(context)];
    }

    /// <summary>Parameters that the endpoint does not declare, or that are repeated.</summary>
    public static IEnumerable<FieldError> FindStrange(HttpContext context)
    {
        var known = context.GetEndpoint()?.Metadata.GetMetadata<QueryParameters>()?.Parameters ?? [];
        foreach (var (name, values) in context.Request.Query)
        {
            var plain = Quote.Of(name);
            if (!known.Any(parameter => parameter.Name == name))
            {
                var isPlain = name.Length > 0 && name.All(one => char.IsAsciiLetterOrDigit(one) || one == '_');
                yield return new(
                    plain, (isPlain ? plain : "parameter") + "_unknown", $"This call has no parameter {plain}.");
            }
            else if (values.Count > 1)
            {
                yield return new(plain, plain + "_duplicate", $"{plain} stands more than once.");
            }
        }
    }

    /// <summary>Why the query is refused; null when it is right so far.</summary>
    public ApiError? Error => _faults.Count > 0 ? ApiError.BadInput(_faults) : _nothing;

    /// <summary>A parameter as it was sent; null when it was not.</summary>
    public string? Text(string name) =>
        _query.TryGetValue(name, out var values) && values is [{ } value] ? value : null;

    /// <summary>A text to compare with.</summary>
    public string? Reference(string name)
    {
        var text = Text(name);
        if (text is not null && (text.EnumerateRunes().Count() > MaxTextLength || text.Any(char.IsControl)))
        {
            Refuse(
                name, name + "_invalid",
                $"{name} must be a text of at most {MaxTextLength} characters without control characters.");
            return null;
        }
        return text;
    }

    /// <summary>An id to filter by; the id of nothing when the text can be no id of this kind.</summary>
    public TId? Id<TId>(string name) where TId : struct, IObjectId<TId>
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        if (!ObjectIdText.IsWellFormed(text))
        {
            Refuse(name, name + "_invalid", $"{name} must be an id such as {TId.Prefix}…; it was {Quote.Of(text)}.");
            return null;
        }
        ObjectIdText.TryParse(text, out TId id);
        return id;
    }

    /// <summary>An instant.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        if (Instant.TryParse(text, out var instant))
        {
            return instant;
        }
        Refuse(
            name, name + "_invalid",
            $"{name} must be an RFC 3339 date and time with Z or an offset (a plus is sent as %2B); "
                + $"it was {Quote.Of(text)}.");
        return null;
    }

    /// <summary>One of some words; null when it was not sent.</summary>
    public T? OneOf<T>(string name) where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }
        if (WireName.Find<T>(text) is { } value)
        {
            return value;
        }
        var words = string.Join(", ", Enum.GetValues<T>().Select(WireName.Of));
        Refuse(name, name + "_invalid", $"{name} must be one of {words}; it was {Quote.Of(text)}.");
        return null;
    }

    /// <summary>A choice; false when it was not sent.</summary>
    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false"))
        {
            Refuse(name, name + "_invalid", $"{name} must be true or false; it was {Quote.Of(text)}.");
        }
        return text == "true";
    }

    /// <summary>Adds a fault of form or value.</summary>
    public void Refuse(string name, string code, string message) => _faults.Add(new FieldError(name, code, message));

    /// <summary>Notes a parameter that names nothing; reported only when nothing is wrong in form.</summary>
    public void RefuseAsNothing(ApiError notFound) => _nothing ??= notFound;
}
