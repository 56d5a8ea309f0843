using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>A town where simulated homes stand.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">State or province; null where addresses have none.</param>
/// <param name="CountryCode">ISO 3166-1 alpha-2.</param>
/// <param name="Timezone">Name in the tz database.</param>
/// <param name="CurrencyCode">ISO 4217.</param>
/// <param name="Point">Its middle.</param>
/// <param name="Climate">Its weather, and what its homes use.</param>
internal sealed record Town(
    string Name, string? State, string CountryCode, string Timezone, string CurrencyCode, GeoLocation Point,
    Climate Climate)
{
    public static readonly Town London = new(
        "London", null, "GB", "Europe/London", "GBP", new(51.545, -0.055), new(0.74, 0.60, 9.5, 0.25, 0));

    public static readonly Town Berlin = new(
        "Berlin", null, "DE", "Europe/Berlin", "EUR", new(52.524, 13.443), new(0.76, 0.54, 9, 0.2, 0));

    public static readonly Town Lisbon = new(
        "Lisbon", null, "PT", "Europe/Lisbon", "EUR", new(38.722, -9.155), new(0.50, 0.22, 9.5, 0.2, 0.05));

    public static readonly Town Oslo = new(
        "Oslo", null, "NO", "Europe/Oslo", "NOK", new(59.927, 10.801), new(0.72, 0.54, 22, 0.5, 0));

    public static readonly Town Amsterdam = new(
        "Amsterdam", null, "NL", "Europe/Amsterdam", "EUR", new(52.376, 4.935), new(0.75, 0.56, 8.5, 0.2, 0));

    public static readonly Town Austin = new(
        "Austin", "TX", "US", "America/Chicago", "USD", new(30.264, -97.716), new(0.52, 0.40, 33, 0.1, 0.5));

    public static readonly Town Sydney = new(
        "Sydney", "NSW", "AU", "Australia/Sydney", "AUD", new(-33.898, 151.179), new(0.42, 0.48, 17, 0.2, 0.15));

    public static readonly Town Osaka = new(
        "Osaka", null, "JP", "Asia/Tokyo", "JPY", new(34.682, 135.521), new(0.57, 0.60, 12, 0.2, 0.25));

    public static readonly Town CapeTown = new(
        "Cape Town", null, "ZA", "Africa/Johannesburg", "ZAR", new(-33.938, 18.469), new(0.48, 0.22, 15, 0.2, 0.05));

    public static readonly Town SaoPaulo = new(
        "São Paulo", "SP", "BR", "America/Sao_Paulo", "BRL", new(-23.561, -46.691), new(0.52, 0.66, 8, 0, 0.1));

    public static readonly Town Pune = new(
        "Pune", "MH", "IN", "Asia/Kolkata", "INR", new(18.519, 73.832), new(0.20, 0.66, 7, 0, 0.2));

    public static readonly Town Auckland = new(
        "Auckland", null, "NZ", "Pacific/Auckland", "NZD", new(-36.862, 174.744), new(0.58, 0.46, 18, 0.3, 0));

    public static readonly Town Riverside = new(
        "Riverside", "CA", "US", "America/Los_Angeles", "USD", new(33.981, -117.375), new(0.45, 0.26, 27, 0.1, 0.45));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Town> All { get; } =
    [
        London, Berlin, Lisbon, Oslo, Amsterdam, Austin, Sydney, Osaka, CapeTown, SaoPaulo, Pune, Auckland, Riverside,
    ];
}
