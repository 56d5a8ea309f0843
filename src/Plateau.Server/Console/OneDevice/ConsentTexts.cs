using Plateau.Contracts;

namespace Plateau.Server.WebConsole.OneDevice;

/// <summary>One of the consents of a device, in words.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What is allowed where it is given.</param>
/// <param name="Giving">What giving it does.</param>
/// <param name="Withdrawing">What withdrawing it does.</param>
/// <param name="IsGiven">Reads it.</param>
/// <param name="Change">The change that sets it.</param>
internal sealed record ConsentText(
    string Name, string Meaning, string Giving, string Withdrawing, Func<ConsentSet, bool> IsGiven,
    Func<bool, ConsentsDraft> Change)
{
    /// <summary>The four consents, in the order they are shown.</summary>
    public static IReadOnlyList<ConsentText> All { get; } =
    [
        new(
            "Telemetry", "States are taken, kept and shown.",
            "States are taken again from now on, and those kept from before are shown again.",
            "From now on no state of this device is taken: submissions are answered 403. Its past states are kept but "
            + "not shown, and it is left out of fleet figures, streams and exports.",
            consents => consents.Telemetry, given => new() { Telemetry = given }),
        new(
            "Information", "What the device is and can do is shown.",
            "The device's properties are shown again.",
            "The device's properties are no longer shown: they read as empty until the consent is given again.",
            consents => consents.Information, given => new() { Information = given }),
        new(
            "Place", "Where the device stands is shown.",
            "The device's own place on the map is shown.",
            "The device's own place on the map is no longer shown. Its locations are records of the account, and stay.",
            consents => consents.GeoLocation, given => new() { GeoLocation = given }),
        new(
            "Control", "The device may be steered.",
            "The platform may steer this device by schedules and dispatch.",
            "The platform must no longer steer this device.",
            consents => consents.Control, given => new() { Control = given }),
    ];

    /// <summary>What a change of consents was, in a few words.</summary>
    public static string Describe(ConsentChange change)
    {
        if (change.From is not { } before)
        {
            var given = All.Where(one => one.IsGiven(change.To)).Select(one => one.Name).ToList();
            return given.Count == 0 ? "Registered without any consent" : $"Registered with {Join(given)}";
        }
        var gained = All.Where(one => one.IsGiven(change.To) && !one.IsGiven(before)).Select(one => one.Name).ToList();
        var lost = All.Where(one => !one.IsGiven(change.To) && one.IsGiven(before)).Select(one => one.Name).ToList();
        var parts = new List<string>();
        if (gained.Count > 0)
        {
            parts.Add($"{Join(gained)} given");
        }
        if (lost.Count > 0)
        {
            parts.Add($"{Join(lost)} withdrawn");
        }
        return parts.Count == 0 ? "No consent changed" : string.Join(", ", parts);
    }

    /// <summary>The consents of a device as one set.</summary>
    public static ConsentSet SetOf(DeviceConsents consents) =>
        new(consents.Information, consents.Telemetry, consents.Control, consents.GeoLocation);

    private static string Join(List<string> names) => names.Count < 2
        ? string.Concat(names)
        : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
}
