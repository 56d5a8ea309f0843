using System.Globalization;

namespace Plateau.Server.Commands;

/// <summary>Whether the machine has what .NET takes from it.</summary>
internal static class MachineExamination
{
    /// <summary>Whether the rules of time zones are installed.</summary>
    public static DoctorFinding ExamineTimezones()
    {
        try
        {
            var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
            var (winter, summer) = (new DateTime(2026, 1, 1), new DateTime(2026, 7, 1));
            return berlin.GetUtcOffset(summer) - berlin.GetUtcOffset(winter) == TimeSpan.FromHours(1)
                ? new("timezones", DoctorVerdict.Ok, "Installed.")
                : new("timezones", DoctorVerdict.Fail, "Europe/Berlin knows no summer time. Install tzdata anew.");
        }
        catch (Exception exception) when (exception is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            return new("timezones", DoctorVerdict.Fail, "None are installed. Install tzdata.");
        }
    }

    /// <summary>
    /// Whether ICU is there and in use; without it, and without leave to do so, no .NET program starts.
    /// </summary>
    public static DoctorFinding ExamineCultures()
    {
        const string Fault = "ICU is switched off. Install libicu and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.";
        try
        {
            return CultureInfo.GetCultureInfo("tr-TR").TextInfo.ToUpper('i') == 'İ'
                ? new("cultures", DoctorVerdict.Ok, "ICU is in use.")
                : new("cultures", DoctorVerdict.Fail, Fault);
        }
        catch (CultureNotFoundException)
        {
            return new("cultures", DoctorVerdict.Fail, Fault);
        }
    }
}
