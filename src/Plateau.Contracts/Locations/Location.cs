namespace Plateau.Contracts;

/// <summary>A home or a site, as it is answered.</summary>
public sealed record Location
{
    /// <summary>Id of the location.</summary>
    public required LocationId Id { get; init; }

    /// <summary>Always <c>location</c>.</summary>
    public string Object { get; init; } = "location";

    /// <summary>Whether it belongs to the live mode.</summary>
    public required bool LiveMode { get; init; }

    /// <summary>The account.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>The account's own name for it, at most 255 characters, not unique; null when not told.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>The customer who lives there; null when not told.</summary>
    public CustomerId? CustomerId { get; init; }

    /// <summary>Name in the tz database.</summary>
    public required string Timezone { get; init; }

    /// <summary>ISO 4217 code; null when not told.</summary>
    public string? CurrencyCode { get; init; }

    /// <summary>The address.</summary>
    public required PostalAddress PostalAddress { get; init; }

    /// <summary>Where it is; null when not told.</summary>
    public GeoLocation? GeoLocation { get; init; }

    /// <summary>When it was registered, UTC.</summary>
    public required DateTimeOffset TimeCreated { get; init; }
}

/// <summary>A postal address. Texts have at most 255 characters; null means not told.</summary>
public sealed record PostalAddress
{
    /// <summary>First line: street and number.</summary>
    public string? AddressLine1 { get; init; }

    /// <summary>Second line.</summary>
    public string? AddressLine2 { get; init; }

    /// <summary>City or town.</summary>
    public required string City { get; init; }

    /// <summary>State or region; required in the United States.</summary>
    public string? State { get; init; }

    /// <summary>Postal code.</summary>
    public string? PostCode { get; init; }

    /// <summary>ISO 3166-1 alpha-2 code.</summary>
    public required string CountryCode { get; init; }
}

/// <summary>The body that changes a location. What is null stays as it is.</summary>
public sealed record LocationChange
{
    /// <summary>The account's own name for it, at most 255 characters, not unique.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>A customer of the same account and mode.</summary>
    public CustomerId? CustomerId { get; init; }

    /// <summary>Name in the tz database.</summary>
    public string? Timezone { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string? CurrencyCode { get; init; }

    /// <summary>The whole address; lines of it that are null stay as they are.</summary>
    public PostalAddress? PostalAddress { get; init; }

    /// <summary>Where it is.</summary>
    public GeoLocation? GeoLocation { get; init; }
}

/// <summary>The body that creates a location.</summary>
public sealed record LocationDraft
{
    /// <summary>The account's own name for it, at most 255 characters, not unique.</summary>
    public string? ReferenceId { get; init; }

    /// <summary>A customer of the same account and mode.</summary>
    public CustomerId? CustomerId { get; init; }

    /// <summary>Name in the tz database. Required.</summary>
    public required string Timezone { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string? CurrencyCode { get; init; }

    /// <summary>The address; city and country are required, in the United States the state too.</summary>
    public required PostalAddress PostalAddress { get; init; }

    /// <summary>Where it is.</summary>
    public GeoLocation? GeoLocation { get; init; }
}
