using Plateau.Contracts;

namespace Plateau.Server.Locations;

/// <summary>A location as it is stored.</summary>
internal sealed class LocationRow
{
    public required LocationId Id { get; init; }
    public required AccountId AccountId { get; init; }
    public required bool LiveMode { get; init; }
    public string? ReferenceId { get; set; }
    public CustomerId? CustomerId { get; set; }
    public required string Timezone { get; set; }
    public string? CurrencyCode { get; set; }
    public string? AddressLine1 { get; set; }
    public string? AddressLine2 { get; set; }
    public required string City { get; set; }
    public string? State { get; set; }
    public string? PostCode { get; set; }
    public required string CountryCode { get; set; }

    /// <summary>Latitude, degrees; null together with <see cref="Lng"/> when not told.</summary>
    public double? Lat { get; set; }

    /// <summary>Longitude, degrees.</summary>
    public double? Lng { get; set; }

    public required DateTimeOffset TimeCreated { get; init; }

    /// <summary>The location on the wire.</summary>
    public Location ToWire() => new()
    {
        Id = Id,
        LiveMode = LiveMode,
        AccountId = AccountId,
        ReferenceId = ReferenceId,
        CustomerId = CustomerId,
        Timezone = Timezone,
        CurrencyCode = CurrencyCode,
        PostalAddress = new PostalAddress
        {
            AddressLine1 = AddressLine1,
            AddressLine2 = AddressLine2,
            City = City,
            State = State,
            PostCode = PostCode,
            CountryCode = CountryCode,
        },
        GeoLocation = Lat is { } lat && Lng is { } lng ? new GeoLocation(lat, lng) : null,
        TimeCreated = TimeCreated,
    };
}
