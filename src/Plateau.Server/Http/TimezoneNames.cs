namespace Plateau.Server.Http;

/// <summary>Names of the tz database.</summary>
internal static class TimezoneNames
{
    /// <summary>The zone of whoever has told none.</summary>
    public const string Utc = "UTC";

    /// <summary>Whether the name is one of the tz database: <c>UTC</c>, or an area and a place.</summary>
    public static bool IsKnown(string name) =>
        name == Utc
        || (name.Contains('/', StringComparison.Ordinal)
            && name.All(one => char.IsAsciiLetterOrDigit(one) || one is '/' or '_' or '-' or '+')
            && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            && zone.HasIanaId && zone.Id == name);
}
