namespace Plateau.Server.WebConsole.Charts;

/// <summary>Where in a drawing times and values lie. Coordinates are rounded to a tenth of a pixel.</summary>
/// <param name="Left">Left edge of the plot, pixels.</param>
/// <param name="Top">Top edge, pixels; coordinates grow downwards.</param>
/// <param name="Width">Width of the plot, pixels, above 0.</param>
/// <param name="Height">Height of the plot, pixels, above 0.</param>
/// <param name="Start">The time at the left edge.</param>
/// <param name="End">The time at the right edge, after the start.</param>
/// <param name="Floor">The value at the bottom edge.</param>
/// <param name="Ceiling">The value at the top edge, above the floor.</param>
internal readonly record struct PlotFrame(
    double Left, double Top, double Width, double Height, DateTimeOffset Start, DateTimeOffset End, double Floor,
    double Ceiling)
{
    /// <summary>Right edge of the plot.</summary>
    public double Right => Left + Width;

    /// <summary>Bottom edge of the plot.</summary>
    public double Bottom => Top + Height;

    /// <summary>Where zero is, or the edge that is nearest to it.</summary>
    public double ZeroY => Y(0);

    /// <summary>Where a time lies; times outside the range lie on its edge.</summary>
    public double X(DateTimeOffset time)
    {
        var share = (double)(time.UtcTicks - Start.UtcTicks) / (End.UtcTicks - Start.UtcTicks);
        return Round(Left + (Width * Math.Clamp(share, 0, 1)));
    }

    /// <summary>Where a value lies; values outside the axis lie on its edge.</summary>
    public double Y(double value)
    {
        // Halves first: the difference of two ends far apart may be more than a number holds.
        var share = ((value / 2) - (Floor / 2)) / ((Ceiling / 2) - (Floor / 2));
        return Round(Top + (Height * (1 - Math.Clamp(share, 0, 1))));
    }

    /// <summary>The column, a whole pixel wide, that a time lies in; from 0.</summary>
    public int Column(DateTimeOffset time, int pixels = 1) => (int)((X(time) - Left) / pixels);

    private static double Round(double pixels) => Math.Round(pixels, 1);
}
