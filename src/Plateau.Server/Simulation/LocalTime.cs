namespace Plateau.Server.Simulation;

/// <summary>A moment on the clock of the people at a place.</summary>
/// <param name="Hour">Hours since midnight, 0–24, exclusive.</param>
/// <param name="Day">Number of the day, counted from 0001-01-01.</param>
internal readonly record struct LocalTime(double Hour, int Day)
{
    /// <summary>Whether it is Saturday or Sunday.</summary>
    public bool IsWeekend => (DayOfWeek)((Day + 1) % 7) is DayOfWeek.Saturday or DayOfWeek.Sunday;

    /// <summary>Day of the year, as good as a season needs it: 0 to 365.25.</summary>
    public double DayOfYear => Day % 365.2425;

    /// <summary>Reads the clock of a zone.</summary>
    public static LocalTime At(TimeZoneInfo zone, DateTimeOffset time)
    {
        var ticks = time.UtcTicks + zone.GetUtcOffset(time).Ticks;
        return new((double)(ticks % TimeSpan.TicksPerDay) / TimeSpan.TicksPerHour, (int)(ticks / TimeSpan.TicksPerDay));
    }
}
