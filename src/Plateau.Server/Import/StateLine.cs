using Plateau.Contracts;

namespace Plateau.Server.Import;

/// <summary>One line of a file of states: a record to send, or why there is none.</summary>
/// <param name="Source">The line as it is.</param>
/// <param name="Device">The device it names.</param>
/// <param name="Location">The location of the record; null where only the device can tell it.</param>
/// <param name="Submission">The record, of that location; null when the line is at fault.</param>
/// <param name="Fault">Why there is no record; null when there is one.</param>
internal sealed record StateLine(
    SourceLine Source, DeviceName Device, LocationId? Location, DeviceStateSubmission? Submission, ImportFault? Fault);

/// <summary>How a file, or the user, names a device.</summary>
/// <param name="Text">The device's id, or its <c>reference_id</c>.</param>
/// <param name="IsId">Whether it is the id.</param>
/// <param name="Reference">
/// The <c>reference_id</c> that stands beside the id, for a server that does not know the id; null when none does.
/// </param>
internal readonly record struct DeviceName(string Text, bool IsId, string? Reference = null);

/// <summary>Why a line was not accepted.</summary>
/// <param name="Code">Stable name of the reason; the server's own where the server refused.</param>
/// <param name="Message">The reason in words.</param>
/// <param name="Value">What the line says that is wrong; null when it is nothing in particular.</param>
internal sealed record ImportFault(string Code, string Message, string? Value = null)
{
    /// <summary>The line cannot be taken apart into the header's columns.</summary>
    public const string LineMalformed = "line_malformed";

    /// <summary>The line is longer than <see cref="LineSource.MaxLineLength"/>.</summary>
    public const string LineTooLong = "line_too_long";

    /// <summary>The clock showed this time twice, and the file does not tell which is meant.</summary>
    public const string TimeRepeated = "time_repeated";

    /// <summary>No device has the reference.</summary>
    public const string DeviceUnknown = "device_ref_unknown";

    /// <summary>More than one device has the reference.</summary>
    public const string DeviceAmbiguous = "device_ref_ambiguous";

    /// <summary>The user named one device, and the file names several.</summary>
    public const string DeviceOther = "device_other";

    /// <summary>A member that a record needs is not there.</summary>
    public static ImportFault Missing(string member) => new($"{member}_missing", $"{member} is empty.");

    /// <summary>A member is there and cannot be used.</summary>
    public static ImportFault Invalid(string member, string wanted, string text) =>
        new($"{member}_invalid", $"{member} must be {wanted}; it was {Http.Quote.Of(text)}.", text);
}
