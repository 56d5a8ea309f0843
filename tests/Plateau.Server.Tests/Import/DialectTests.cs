using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Plateau.Contracts;
using Plateau.Server.Import;

namespace Plateau.Server.Tests.Import;

/// <summary>Records, written in a dialect by chance, are read back as they were.</summary>
public sealed class DialectTests : IDisposable
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    // An ordinary day, and the nights in which clocks are put back and forward; a series goes through the whole night.
    private static readonly DateTimeOffset[] Starts =
    [
        new(2023, 10, 28, 21, 30, 0, TimeSpan.Zero), new(2024, 3, 30, 22, 0, 0, TimeSpan.Zero),
        new(2023, 6, 21, 9, 5, 0, TimeSpan.Zero),
    ];

    private static readonly Gen<double?> Percent = Gen.OneOf(
        Gen.Int[0, 100].Select(one => (double?)one), Gen.Double[0, 100].Select(one => (double?)one),
        Gen.Int[0, 100_000].Select(one => (double?)(one / 1000.0)));

    private static readonly Gen<Wanted> Record = Gen.Select(
        Percent, Gen.OneOf(Percent, Gen.Const(() => (double?)null)),
        Gen.OneOf(Gen.Int[-9_999_999, 9_999_999].Select(one => (int?)one), Gen.Const(() => (int?)null)),
        Gen.OneOf(Percent, Gen.Const(() => (double?)null)), Gen.Int[0, 3],
        (charge, target, watts, reserve, reference) => new Wanted(charge ?? 0, target, watts, reserve, reference switch
        {
            0 => null,
            1 => "r;1, \"2\"",
            2 => " Ä 𝟙",
            _ => $"{charge}",
        }));

    private static readonly Gen<Dialect> Dialects = Gen.Select(
        Gen.OneOf(',', ';', '\t'), Gen.OneOf(".", ","), Gen.OneOf("\n", "\r\n", "\r\r\n"),
        Gen.OneOf("", "-", "--", "NaN", " "), Gen.Bool, Gen.Bool, Gen.Int[0, 4],
        (separator, mark, end, missing, quotes, groups, shape) =>
            new Dialect(separator, mark, end, missing, quotes, groups, shape));

    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-dialect-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task What_is_written_in_any_dialect_is_read_back_as_it_was() =>
        Gen.Select(Dialects, Record.Array[50], Gen.OneOf(Starts), Gen.Int[0, 3]).SampleAsync(
            async (dialect, records, start, timeForm) =>
            {
                var newestFirst = dialect.Shape == 4;
                var times = records.Select((_, number) => start.AddMinutes(10 * number)).ToArray();
                if (newestFirst)
                {
                    Array.Reverse(times);
                }
                var path = Path.Combine(_folder, $"{dialect.GetHashCode()}-{records.GetHashCode()}");
                await File.WriteAllBytesAsync(path, Write(dialect, records, times, timeForm), Cancel);
                using var file = await StateFile.OpenAsync(path, new StateReading
                {
                    Target = 80, Device = new DeviceName("A", false),
                    Times = new TimeText(null, Berlin),
                    Mark = !dialect.Groups ? DecimalMark.Unknown
                        : dialect.Mark == "," ? DecimalMark.Comma : DecimalMark.Point,
                    Mappings =
                    [
                        new("P [W]", StateMembers.Power.Name, 0.001m), new("Ref", StateMembers.RecordReference, 1),
                    ],
                }, Cancel);
                var lines = await file.ReadAsync(Cancel).ToListAsync(Cancel);
                File.Delete(path);

                Assert.Equal(records.Length, lines.Count);
                foreach (var ((wanted, time), line) in records.Zip(times).Zip(lines))
                {
                    Assert.True(line.Submission is not null, $"{dialect}: {line.Source.Text}: {line.Fault}");
                    var got = line.Submission;
                    Assert.Equal(
                        (time, wanted.Charge, wanted.Target ?? 80, wanted.Watts / 1000.0, wanted.Reserve),
                        (got.Time, got.StateOfChargePercent, got.TargetStateOfChargePercent, got.BatteryPowerKw,
                            got.BackupReservePercent));
                    Assert.True(
                        wanted.Reference == got.RecordReferenceId
                        || (wanted.Reference is null && got.RecordReferenceId?.Length == 31), got.RecordReferenceId);
                }
            }, iter: 300, threads: 1);

    private static byte[] Write(Dialect dialect, Wanted[] records, DateTimeOffset[] times, int timeForm)
    {
        var text = new StringBuilder();
        string[] header =
            ["P [W]", "time", "ignored; \"x\"", "State_Of_Charge_Percent", "Ref", "target_state_of_charge_percent",
                "backup_reserve_percent"];
        text.AppendJoin(dialect.Separator, header.Select(name => Cell(dialect, name))).Append(dialect.End);
        foreach (var (record, time) in records.Zip(times))
        {
            string[] cells =
            [
                Number(dialect, record.Watts), Time(time, timeForm), "", Number(dialect, record.Charge),
                record.Reference ?? "", Number(dialect, record.Target), Number(dialect, record.Reserve),
            ];
            text.AppendJoin(dialect.Separator, cells.Select(cell => Cell(dialect, cell))).Append(dialect.End);
        }
        var encoding = dialect.Shape switch
        {
            1 => Encoding.Unicode,
            2 => Encoding.BigEndianUnicode,
            _ => Encoding.UTF8,
        };
        byte[] bytes = [.. dialect.Shape == 0 ? [] : encoding.GetPreamble(), .. encoding.GetBytes(text.ToString())];
        if (dialect.Shape != 3)
        {
            return bytes;
        }
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }

    private static string Cell(Dialect dialect, string text) =>
        dialect.Quotes ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : CsvLine.Quote(text, dialect.Separator);

    // Where the mark is told, thousands are grouped by the other one; else at least three digits or a fraction of
    // other length than three show which is which.
    private static string Number(Dialect dialect, double? number)
    {
        if (number is not { } value)
        {
            return dialect.Missing;
        }
        if (!dialect.Groups)
        {
            var plain = value.ToString("R", CultureInfo.InvariantCulture);
            var hasThree = plain.Length > 4 && plain[^4] == '.';
            return (hasThree ? plain + "0" : plain).Replace(".", dialect.Mark, StringComparison.Ordinal);
        }
        var exact = value.ToString("R", CultureInfo.InvariantCulture);
        var (whole, fraction) = exact.Split('.') is [var left, var right] ? (left, "." + right) : (exact, "");
        var grouped = long.TryParse(whole, CultureInfo.InvariantCulture, out var digits) && Math.Abs(digits) >= 1000
            ? digits.ToString("#,0", CultureInfo.InvariantCulture) : whole;
        return (grouped + fraction).Replace('.', '!').Replace(",", dialect.Mark == "," ? "." : ",",
            StringComparison.Ordinal).Replace("!", dialect.Mark, StringComparison.Ordinal);
    }

    private static string Time(DateTimeOffset time, int form)
    {
        var local = TimeZoneInfo.ConvertTime(time, Berlin);
        return form switch
        {
            0 => Instant.Format(time),
            1 => local.ToString("yyyy-MM-dd HH:mm:sszzz", CultureInfo.InvariantCulture),
            2 => local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            _ => local.ToString("dd.MM.yyyy HH:mm:ss", CultureInfo.InvariantCulture),
        };
    }

    private sealed record Wanted(double Charge, double? Target, int? Watts, double? Reserve, string? Reference);

    /// <summary>How a file is written; a shape is an encoding, a packing or an order.</summary>
    private sealed record Dialect(
        char Separator, string Mark, string End, string Missing, bool Quotes, bool Groups, int Shape);
}
