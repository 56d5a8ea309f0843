using System.Globalization;
using System.Text.Json.Nodes;
using Plateau.Contracts;

namespace Plateau.Server.WebConsole;

/// <summary>What is filled in of a location, as text. Empty is not told.</summary>
internal sealed class LocationForm
{
    public string? Reference { get; set; }
    public string? Customer { get; set; }
    public string? Timezone { get; set; }
    public string? Currency { get; set; }
    public string? Line1 { get; set; }
    public string? Line2 { get; set; }
    public string? City { get; set; }
    public string? State { get; set; }
    public string? PostCode { get; set; }
    public string? Country { get; set; }

    /// <summary>Latitude, degrees.</summary>
    public string? Lat { get; set; }

    /// <summary>Longitude, degrees.</summary>
    public string? Lng { get; set; }

    /// <summary>The form of a location that is there.</summary>
    public static LocationForm Of(Location location) => new()
    {
        Reference = location.ReferenceId,
        Customer = location.CustomerId?.ToString(),
        Timezone = location.Timezone,
        Currency = location.CurrencyCode,
        Line1 = location.PostalAddress.AddressLine1,
        Line2 = location.PostalAddress.AddressLine2,
        City = location.PostalAddress.City,
        State = location.PostalAddress.State,
        PostCode = location.PostalAddress.PostCode,
        Country = location.PostalAddress.CountryCode,
        Lat = location.GeoLocation?.Lat.ToString(CultureInfo.InvariantCulture),
        Lng = location.GeoLocation?.Lng.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Reads it. What cannot be sent at all is found here; the API judges the rest.</summary>
    /// <param name="faults">What cannot be sent; none when the draft is there.</param>
    public LocationDraft? Read(out FormFaults faults)
    {
        var errors = new List<FieldError>();
        var customer = ReadCustomer(errors);
        var place = ReadPlace(errors);
        faults = new(errors);
        return faults.Any ? null : new()
        {
            ReferenceId = Told(Reference),
            CustomerId = customer,
            Timezone = Told(Timezone) ?? "",
            CurrencyCode = Told(Currency)?.ToUpperInvariant(),
            PostalAddress = new()
            {
                AddressLine1 = Told(Line1),
                AddressLine2 = Told(Line2),
                City = Told(City) ?? "",
                State = Told(State),
                PostCode = Told(PostCode),
                CountryCode = Told(Country) is { } country ? CountryNames.CodeOf(country) : "",
            },
            GeoLocation = place,
        };
    }

    /// <summary>The merge patch that makes a location what the form says: what is not told is removed.</summary>
    public static JsonObject PatchTo(LocationDraft draft) => new()
    {
        ["reference_id"] = draft.ReferenceId,
        ["customer_id"] = draft.CustomerId?.ToString(),
        ["timezone"] = draft.Timezone,
        ["currency_code"] = draft.CurrencyCode,
        ["postal_address"] = new JsonObject
        {
            ["address_line1"] = draft.PostalAddress.AddressLine1,
            ["address_line2"] = draft.PostalAddress.AddressLine2,
            ["city"] = draft.PostalAddress.City,
            ["state"] = draft.PostalAddress.State,
            ["post_code"] = draft.PostalAddress.PostCode,
            ["country_code"] = draft.PostalAddress.CountryCode,
        },
        ["geo_location"] = draft.GeoLocation is { } place
            ? new JsonObject { ["lat"] = place.Lat, ["lng"] = place.Lng }
            : null,
    };

    private CustomerId? ReadCustomer(List<FieldError> errors)
    {
        if (Told(Customer) is not { } text)
        {
            return null;
        }
        if (ObjectIdText.TryParse(text, out CustomerId customer))
        {
            return customer;
        }
        errors.Add(new("$.customer_id", "customer_id_invalid", "It is the id of a customer: cus_ and 24 characters."));
        return null;
    }

    private GeoLocation? ReadPlace(List<FieldError> errors)
    {
        if (Told(Lat) is null && Told(Lng) is null)
        {
            return null;
        }
        var lat = ReadDegrees(Lat, "lat", errors);
        var lng = ReadDegrees(Lng, "lng", errors);
        return new GeoLocation(lat, lng);
    }

    private static double ReadDegrees(string? text, string member, List<FieldError> errors)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees)
            || !double.IsFinite(degrees))
        {
            errors.Add(new($"$.geo_location.{member}", $"{member}_invalid", "Fill in both latitude and longitude."));
        }
        return degrees;
    }

    private static string? Told(string? text) => text?.Trim() is { Length: > 0 } told ? told : null;
}
