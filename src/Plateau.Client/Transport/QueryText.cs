namespace Plateau.Client.Transport;

/// <summary>Writes query strings.</summary>
internal static class QueryText
{
    /// <summary>The path with those parameters that have a value.</summary>
    public static string Append(string path, IEnumerable<(string Name, string? Value)> parameters)
    {
        var query = string.Join('&', parameters
            .Where(one => one.Value is not null)
            .Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value ?? "")}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }
}
