using System.Globalization;

namespace Plateau.Server.Commands;

/// <summary>What the doctor makes of what it has read.</summary>
internal static class DoctorRules
{
    private const long GiB = 1L << 30;
    private const long WarnFreeBytes = 2 * GiB;
    private const long FailFreeBytes = GiB / 5;

    // What processes on one PostgreSQL may differ by.
    private static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(60);

    // Nothing that this program wrote can be older, and a machine without a battery starts before it.
    private static readonly DateTimeOffset EarliestNow = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether the schema is the one this program knows.</summary>
    /// <param name="version">Version of the store; 0 when it is empty or missing.</param>
    /// <param name="newest">Version this program knows.</param>
    public static DoctorFinding JudgeSchema(int version, int newest) => version switch
    {
        0 => new("schema", DoctorVerdict.Fail, "The store is empty. Run plateau migrate."),
        _ when version > newest => new(
            "schema", DoctorVerdict.Fail,
            $"The store is at version {version}, and this Plateau knows {newest}: start the newer one."),
        _ when version < newest => new(
            "schema", DoctorVerdict.Fail, $"The store is at version {version} of {newest}. Run plateau migrate."),
        _ => new("schema", DoctorVerdict.Ok, $"Version {version}, current."),
    };

    /// <summary>Whether the clock can be right.</summary>
    /// <param name="now">This machine's clock.</param>
    /// <param name="newest">When the newest object of the store was made; null when there is none.</param>
    /// <param name="storeNow">The clock of the store's own server; null on the embedded engine.</param>
    public static DoctorFinding JudgeClock(DateTimeOffset now, DateTimeOffset? newest, DateTimeOffset? storeNow)
    {
        var text = now.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (now < EarliestNow)
        {
            return new("clock", DoctorVerdict.Fail, $"It says {text}, which is in the past. Set it.");
        }
        if (newest - now is { } behind && behind > MaxSkew)
        {
            return new("clock", DoctorVerdict.Fail, FormattableString.Invariant(
                $"It says {text}, {behind.TotalSeconds:0} s before the newest object of the store was made."));
        }
        if (storeNow - now is { } skew && skew.Duration() > MaxSkew)
        {
            return new("clock", DoctorVerdict.Warn, FormattableString.Invariant(
                $"It says {text}; PostgreSQL's differs by {skew.Duration().TotalSeconds:0} s. Keep them in step."));
        }
        return new("clock", DoctorVerdict.Ok, $"{text}.");
    }

    /// <summary>Whether there is room.</summary>
    /// <param name="folder">Folder of the store.</param>
    /// <param name="freeBytes">What its disk has left, bytes.</param>
    public static DoctorFinding JudgeDisk(string folder, long freeBytes) => new(
        "disk",
        freeBytes < FailFreeBytes ? DoctorVerdict.Fail
            : freeBytes < WarnFreeBytes ? DoctorVerdict.Warn : DoctorVerdict.Ok,
        FormattableString.Invariant($"{freeBytes / (double)GiB:0.0} GiB are free at {folder}."));
}
