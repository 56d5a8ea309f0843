using System.Text.Json.Serialization;

namespace Plateau.Server.Commands;

/// <summary>What a check found.</summary>
internal enum DoctorVerdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, and deserves a look.</summary>
    Warn,

    /// <summary>Does not work, or will not for long.</summary>
    Fail,
}

/// <summary>One check.</summary>
/// <param name="Check">Name of what was checked.</param>
/// <param name="Verdict">What was found.</param>
/// <param name="Message">The same in words, and what to do about it.</param>
internal sealed record DoctorFinding(string Check, DoctorVerdict Verdict, string Message);

/// <summary>All checks.</summary>
/// <param name="Findings">The checks, in the order they were made.</param>
internal sealed record DoctorReport(IReadOnlyList<DoctorFinding> Findings)
{
    /// <summary>Whether nothing failed.</summary>
    [JsonPropertyName("ok")]
    public bool IsOk => Findings.All(finding => finding.Verdict != DoctorVerdict.Fail);
}
