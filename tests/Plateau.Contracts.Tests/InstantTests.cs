using System.Globalization;
using CsCheck;

namespace Plateau.Contracts.Tests;

/// <summary>Instants on the wire.</summary>
public sealed class InstantTests
{
    private const long MicrosecondsOfYear1 = -62_135_596_800_000_000;
    private const long MicrosecondsOfYear9999 = 253_402_300_799_999_999;

    // Whole seconds, milliseconds and microseconds all occur, and so do the bounds.
    private static readonly Gen<DateTimeOffset> Instants =
        Gen.Select(Gen.Long[MicrosecondsOfYear1, MicrosecondsOfYear9999], Gen.OneOf(1L, 1_000, 1_000_000))
            .Select((microseconds, step) => Instant.FromUnixMicroseconds(microseconds - (microseconds % step)));

    [Fact]
    public void What_is_written_is_read_back_to_the_microsecond() => Instants.Sample(instant =>
    {
        var text = Instant.Format(instant);

        Assert.True(Instant.TryParse(text, out var read));
        Assert.Equal(instant, read);
        Assert.Equal(TimeSpan.Zero, read.Offset);
        Assert.EndsWith("Z", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\.\d*0Z$|\.Z$", text);
        Span<char> written = new char[Instant.MaxTextLength];
        Assert.Equal(text, written[..Instant.Format(instant, written)].ToString());
        Assert.Equal(instant, Instant.FromUnixMicroseconds(Instant.ToUnixMicroseconds(instant)));
    });

    [Fact]
    public void An_offset_names_the_same_instant() =>
        Gen.Select(Gen.Long[0, 4_000_000_000_000_000], Gen.Int[-1439, 1439], Gen.Bool)
            .Sample((microseconds, minutes, isLower) =>
        {
            var instant = Instant.FromUnixMicroseconds(microseconds);
            var local = instant.AddMinutes(minutes)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
            var offset = string.Create(
                CultureInfo.InvariantCulture,
                $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}");
            var text = local + offset;

            Assert.True(Instant.TryParse(isLower ? text.ToLowerInvariant() : text, out var read), text);
            Assert.Equal(instant, read);
        });

    [Fact]
    public void What_is_finer_than_a_microsecond_is_cut_off() =>
        Gen.Select(Gen.Int[0, 999_999_999], Gen.Int[1, 9]).Sample((nanoseconds, digits) =>
        {
            var fraction = nanoseconds.ToString("000000000", CultureInfo.InvariantCulture)[..digits];
            var microseconds = int.Parse(fraction.PadRight(9, '0')[..6], CultureInfo.InvariantCulture);

            Assert.True(Instant.TryParse($"2022-02-01T10:30:00.{fraction}Z", out var read));
            Assert.Equal(microseconds, Instant.ToUnixMicroseconds(read) % 1_000_000);
        });

    [Theory]
    [InlineData("2022-02-01 10:30:00Z")]
    [InlineData("2022-02-01T10:30:60Z")]
    [InlineData("2016-12-31T23:59:60Z")]
    [InlineData("2022-02-01T24:00:00Z")]
    [InlineData("2022-02-01T10:60:00Z")]
    [InlineData("2022-02-01T10:30:00")]
    [InlineData("2022-02-01T10:30Z")]
    [InlineData("2022-02-01T10:30:00.0000000000Z")]
    [InlineData("2022-02-01T10:30:00.Z")]
    [InlineData("2022-02-01T10:30:00,5Z")]
    [InlineData("2022-02-01T10:30:00+0200")]
    [InlineData("2022-02-01T10:30:00+02")]
    [InlineData("2022-02-01T10:30:00+24:00")]
    [InlineData("2022-02-01T10:30:00+02:60")]
    [InlineData("2022-02-01T10:30:00Z ")]
    [InlineData(" 2022-02-01T10:30:00Z")]
    [InlineData("2022-02-29T10:30:00Z")]
    [InlineData("1900-02-29T10:30:00Z")]
    [InlineData("2022-00-01T10:30:00Z")]
    [InlineData("2022-13-01T10:30:00Z")]
    [InlineData("2022-02-00T10:30:00Z")]
    [InlineData("2022-04-31T10:30:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("+2022-02-01T10:30:00Z")]
    [InlineData("12022-02-01T10:30:00Z")]
    [InlineData("２022-02-01T10:30:00Z")]
    [InlineData("20220201T103000Z")]
    [InlineData("1643711400")]
    [InlineData("")]
    public void Other_forms_are_refused(string text) => Assert.False(Instant.TryParse(text, out _));

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:01:00+00:01", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z")]
    [InlineData("2024-02-29t00:00:00z", "2024-02-29T00:00:00Z")]
    [InlineData("2022-02-01T10:30:00-00:00", "2022-02-01T10:30:00Z")]
    [InlineData("2022-02-01T00:30:00.100+23:59", "2022-01-31T00:31:00.1Z")]
    public void The_bounds_and_every_right_form_are_read(string text, string canonical)
    {
        Assert.True(Instant.TryParse(text, out var instant));
        Assert.Equal(canonical, Instant.Format(instant));
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_fails() =>
        Gen.String[Gen.OneOf(Gen.OneOf([.. "0123456789-+:.TZtz "]), Gen.Char), 0, 40].Sample(text =>
        {
            if (Instant.TryParse(text, out var instant))
            {
                Assert.True(Instant.TryParse(Instant.Format(instant), out var again));
                Assert.Equal(instant, again);
            }
        });
}
