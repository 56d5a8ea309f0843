using Plateau.Contracts;

namespace Plateau.Server.Import;

/// <summary>One line of a file of states: a record to send, or why there is none.</summary>
/// <param name="Number">Where the line stands in the file, from 1; the header is line 1.</param>
/// <param name="DeviceReference">The file's name for the device; empty when the line is at fault.</param>
/// <param name="Submission">The record; null when the line is at fault.</param>
/// <param name="Fault">Why there is no record; null when there is one.</param>
internal sealed record StateLine(
    long Number, string DeviceReference, DeviceStateSubmission? Submission, ImportFault? Fault);

/// <summary>Why a line was not accepted.</summary>
/// <param name="Code">Stable name of the reason; the server's own where the server refused.</param>
/// <param name="Message">The reason in words.</param>
internal sealed record ImportFault(string Code, string Message)
{
    /// <summary>The line cannot be taken apart into the header's columns.</summary>
    public const string LineMalformed = "line_malformed";

    /// <summary>No device has the reference.</summary>
    public const string DeviceUnknown = "device_ref_unknown";

    /// <summary>More than one device has the reference.</summary>
    public const string DeviceAmbiguous = "device_ref_ambiguous";
}
