using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>Words for a location.</summary>
internal static class LocationText
{
    /// <summary>What it is called: the account's own name, else the beginning of its address.</summary>
    public static string NameOf(Location location) =>
        location.ReferenceId ?? location.PostalAddress.AddressLine1 ?? location.PostalAddress.City;

    /// <summary>The lines of its address, without the country.</summary>
    public static IEnumerable<string> LinesOf(PostalAddress address)
    {
        string?[] lines =
        [
            address.AddressLine1, address.AddressLine2,
            string.Join(' ', Told([address.PostCode, address.City])), address.State,
        ];
        return Told(lines);
    }

    private static IEnumerable<string> Told(IEnumerable<string?> texts) =>
        texts.OfType<string>().Where(text => text.Length > 0);
}
