using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Server.Devices;

/// <summary>
/// Writes devices as they are answered. The properties are copied as they are stored, which is several times cheaper
/// than building and serialising them; consents decide what is shown.
/// </summary>
internal static class DeviceJson
{
    /// <summary>Writes one device.</summary>
    public static void Write(Utf8JsonWriter writer, DeviceRow device)
    {
        Span<char> text = stackalloc char[Instant.MaxTextLength];
        writer.WriteStartObject();
        WriteId(writer, Id, device.Id, text);
        writer.WriteString(Object, DeviceObject);
        writer.WriteBoolean(LiveMode, device.LiveMode);
        WriteId(writer, AccountIdName, device.AccountId, text);
        writer.WriteBoolean(Controlled, device.Controlled);
        writer.WritePropertyName(Properties);
        writer.WriteRawValue(device.ConsentInformation ? device.Properties : "{}"u8, skipInputValidation: true);
        writer.WriteStartObject(Consents);
        WriteTime(writer, TimeUpdated, device.ConsentsUpdated, text);
        WriteTime(writer, TimeCreated, device.ConsentsCreated, text);
        writer.WriteBoolean(Information, device.ConsentInformation);
        writer.WriteBoolean(Telemetry, device.ConsentTelemetry);
        writer.WriteBoolean(Control, device.ConsentControl);
        writer.WriteBoolean(Place, device.ConsentGeoLocation);
        writer.WriteEndObject();
        writer.WriteString(Timezone, device.Timezone ?? "UTC");
        WritePlace(writer, device);
        writer.WriteNull(VppParticipation);
        writer.WriteStartArray(Locations);
        for (var index = 0; index < DeviceLocations.Count(device.Locations); index++)
        {
            writer.WriteStringValue(Print(DeviceLocations.At(device.Locations, index), text));
        }
        writer.WriteEndArray();
        WriteTime(writer, TimeCreated, device.TimeCreated, text);
        if (device.ReferenceId is { } reference)
        {
            writer.WriteString(ReferenceId, reference);
        }
        if (device.LastSeen is { } seen)
        {
            WriteTime(writer, LastSeen, seen, text);
        }
        else
        {
            writer.WriteNull(LastSeen);
        }
        writer.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter writer, DeviceRow device)
    {
        if (device is { ConsentGeoLocation: true, Lat: { } lat, Lng: { } lng })
        {
            writer.WriteStartObject(Place);
            writer.WriteNumber("lat"u8, lat);
            writer.WriteNumber("lng"u8, lng);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull(Place);
        }
    }

    private static void WriteId<TId>(Utf8JsonWriter writer, JsonEncodedText name, TId id, Span<char> text)
        where TId : struct, IObjectId<TId> => writer.WriteString(name, Print(id, text));

    private static ReadOnlySpan<char> Print<TId>(TId id, Span<char> text) where TId : struct, IObjectId<TId>
    {
        TId.Prefix.CopyTo(text);
        id.Value.Format(text[TId.Prefix.Length..]);
        return text[..(TId.Prefix.Length + ObjectId.TextLength)];
    }

    private static void WriteTime(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset time, Span<char> text) =>
        writer.WriteString(name, text[..Instant.Format(time, text)]);

    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Object = JsonEncodedText.Encode("object");
    private static readonly JsonEncodedText DeviceObject = JsonEncodedText.Encode("device");
    private static readonly JsonEncodedText LiveMode = JsonEncodedText.Encode("live_mode");
    private static readonly JsonEncodedText AccountIdName = JsonEncodedText.Encode("account_id");
    private static readonly JsonEncodedText Controlled = JsonEncodedText.Encode("controlled");
    private static readonly JsonEncodedText Properties = JsonEncodedText.Encode("properties");
    private static readonly JsonEncodedText Consents = JsonEncodedText.Encode("consents");
    private static readonly JsonEncodedText TimeUpdated = JsonEncodedText.Encode("time_updated");
    private static readonly JsonEncodedText TimeCreated = JsonEncodedText.Encode("time_created");
    private static readonly JsonEncodedText Information = JsonEncodedText.Encode("information");
    private static readonly JsonEncodedText Telemetry = JsonEncodedText.Encode("telemetry");
    private static readonly JsonEncodedText Control = JsonEncodedText.Encode("control");
    private static readonly JsonEncodedText Place = JsonEncodedText.Encode("geo_location");
    private static readonly JsonEncodedText Timezone = JsonEncodedText.Encode("timezone");
    private static readonly JsonEncodedText VppParticipation = JsonEncodedText.Encode("vpp_participation");
    private static readonly JsonEncodedText Locations = JsonEncodedText.Encode("locations");
    private static readonly JsonEncodedText ReferenceId = JsonEncodedText.Encode("reference_id");
    private static readonly JsonEncodedText LastSeen = JsonEncodedText.Encode("last_seen");
}
