using Plateau.Server.Import;

namespace Plateau.Server.Tests.Import;

/// <summary>Numbers as exports write them.</summary>
public sealed class NumberTextTests
{
    [Theory]
    [InlineData("34.2", 34.2)]
    [InlineData("34,2", 34.2)]
    [InlineData("-3,45", -3.45)]
    [InlineData("\u22123.4", -3.4)]
    [InlineData("+3.4", 3.4)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("50", 50)]
    [InlineData("2e1", 20)]
    [InlineData("9.7529096e-08", 9.7529096e-08)]
    [InlineData("0.302", 0.302)]
    [InlineData("0,302", 0.302)]
    [InlineData("-0,005859", -0.005859)]
    [InlineData("82.998732572877", 82.998732572877)]
    [InlineData("1234.567", 1234.567)]
    [InlineData("1.234,5", 1234.5)]
    [InlineData("1,234.5", 1234.5)]
    [InlineData("1.234.567", 1234567)]
    [InlineData("1 234,5", 1234.5)]
    [InlineData("1\u202F234,567", 1234.567)]
    [InlineData("1'234.567", 1234.567)]
    [InlineData("1 000", 1000)]
    public void A_number_with_one_reading_is_read_whatever_the_mark(string text, double number)
    {
        foreach (var mark in Enum.GetValues<DecimalMark>())
        {
            Assert.Equal(number, Read(text, mark));
        }
    }

    [Theory]
    [InlineData("1.234", "Unknown", false, null)]
    [InlineData("1,234", "Unknown", false, null)]
    [InlineData("1.234", "Point", false, 1.234)]
    [InlineData("1,234", "Comma", false, 1.234)]
    [InlineData("1.234", "Comma", false, null)]
    [InlineData("1,234", "Point", false, null)]
    [InlineData("1.234", "Comma", true, 1234.0)]
    [InlineData("1,234", "Point", true, 1234.0)]
    [InlineData("-12.345", "Point", true, -12.345)]
    [InlineData("34,2", "Point", true, null)]
    [InlineData("34.2", "Comma", true, null)]
    [InlineData("1.234,5", "Point", true, null)]
    public void A_number_with_two_readings_is_read_by_the_mark_or_refused(
        string text, string mark, bool isGiven, double? number) =>
        Assert.Equal(number, Read(text, Enum.Parse<DecimalMark>(mark), isGiven));

    [Theory]
    [InlineData("")]
    [InlineData("full")]
    [InlineData("0x10")]
    [InlineData("1,2,3")]
    [InlineData("1.2.3,4")]
    [InlineData("1 00")]
    [InlineData("12 34,5")]
    [InlineData("1 234'567")]
    [InlineData("34.2 %")]
    [InlineData("1e400")]
    [InlineData("--5")]
    [InlineData("5-")]
    [InlineData("e5")]
    [InlineData(".")]
    [InlineData("1_000")]
    public void What_is_no_number_is_refused(string text)
    {
        foreach (var mark in Enum.GetValues<DecimalMark>())
        {
            Assert.Null(Read(text, mark));
        }
    }

    [Theory]
    [InlineData("34,2", "Comma")]
    [InlineData("0,302", "Comma")]
    [InlineData("1.234,5", "Comma")]
    [InlineData("1.234.567", "Comma")]
    [InlineData("34.2", "Point")]
    [InlineData("1,234.5", "Point")]
    [InlineData("1.234", "Unknown")]
    [InlineData("1,234", "Unknown")]
    [InlineData("50", "Unknown")]
    [InlineData("--", "Unknown")]
    [InlineData("1.2.2023", "Unknown")]
    public void A_cell_proves_a_mark_where_there_is_no_other_reading(string text, string mark) =>
        Assert.Equal(mark, $"{NumberText.Evidence(text)}");

    private static double? Read(string text, DecimalMark mark, bool isGiven = false) =>
        NumberText.Read(text, mark, isGiven, out var number) is null
            ? double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
