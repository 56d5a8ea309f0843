using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>
/// The id in a path. One of the wrong form is read as the id of nothing, because the contract answers both alike: 404.
/// </summary>
internal readonly record struct PathId<TId>(TId Value) where TId : struct, IObjectId<TId>
{
    /// <summary>Reads the route value; never fails.</summary>
    public static bool TryParse(string? text, IFormatProvider? provider, out PathId<TId> id)
    {
        ObjectIdText.TryParse<TId>(text, out var value);
        id = new(value);
        return true;
    }
}
