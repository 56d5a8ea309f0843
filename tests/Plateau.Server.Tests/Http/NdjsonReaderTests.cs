using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Plateau.Server.Http;

namespace Plateau.Server.Tests.Http;

/// <summary>Lines come out as they went in, however the body is cut on its way.</summary>
public sealed class NdjsonReaderTests
{
    private const int MaxLineBytes = 64 * 1024;
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public Task Lines_are_the_same_however_the_body_is_cut() =>
        Gen.Select(Bodies, Gen.Int[1, 9000].Array[1, 20], Gen.Bool).SampleAsync(async (body, cuts, isGzip) =>
            Assert.Equal(
                body.Split('\n').Index().Select(line => new Line(line.Index + 1, line.Item.Trim(' ', '\t', '\r')))
                    .Where(line => line.Text != ""),
                await ReadAsync(Encoding.UTF8.GetBytes(body), cuts, isGzip)));

    [Theory]
    [InlineData(MaxLineBytes, false)]
    [InlineData(MaxLineBytes + 1, true)]
    [InlineData((3 * MaxLineBytes) + 7, true)]
    public async Task A_line_beyond_the_limit_is_named_and_the_rest_goes_on(int length, bool isTooLong)
    {
        foreach (var ending in new[] { "\nlast\n", "\nlast", "\n", "" })
        {
            var body = Encoding.UTF8.GetBytes("first\n" + new string('x', length) + ending);
            foreach (var cut in new[] { 1000, length - 1, length, length + 1, length + 6, int.MaxValue })
            {
                var lines = await ReadAsync(body, [cut], isGzip: false);
                Line[] expected =
                [
                    new(1, "first"),
                    new(2, isTooLong ? null : new string('x', length)),
                    .. ending.Contains('l', StringComparison.Ordinal) ? (Line[])[new(3, "last")] : [],
                ];
                Assert.Equal(expected, lines);
            }
        }
    }

    [Fact]
    public Task Gzip_that_is_cut_off_is_refused_wherever_it_is_cut() =>
        Gen.Select(Bodies, Gen.Double[0, 1]).SampleAsync(async (body, at) =>
        {
            var packed = Pack(Encoding.UTF8.GetBytes(body + "\n{}\n"));
            var cut = packed[..Math.Clamp((int)(packed.Length * at), 1, packed.Length - 1)];
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadPackedAsync(cut, [100]));
        });

    [Fact]
    public async Task What_is_not_gzip_is_refused()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadPackedAsync("{}\n{}\n"u8.ToArray(), [100]));
        await Assert.ThrowsAsync<InvalidDataException>(
            () => ReadPackedAsync([.. Pack("{}"u8.ToArray()), 1, 2, 3], [100]));
    }

    [Fact]
    public async Task Gzip_of_several_members_is_one_body()
    {
        byte[] packed = [.. Pack("{\"a\":1}\n{"u8.ToArray()), .. Pack("\"b\":2}"u8.ToArray())];
        for (var cut = 1; cut <= packed.Length; cut++)
        {
            Assert.Equal(
                [new Line(1, "{\"a\":1}"), new Line(2, "{\"b\":2}")], await ReadPackedAsync(packed, [cut]));
        }
    }

    // Blank lines, long ones, ends of line of either kind, and sometimes no end of the last.
    private static Gen<string> Bodies => Gen.Frequency(
            (6, Gen.Char["{}\":,abc é漢"].Array[1, 200].Select(characters => new string(characters))),
            (2, Gen.OneOf("", " ", "\t \r", "\r", "{}\r")),
            (1, Gen.Int[1000, 20_000].Select(length => new string('y', length))))
        .Array[0, 30].Select(lines => string.Join('\n', lines));

    private static async Task<List<Line>> ReadAsync(byte[] body, int[] cuts, bool isGzip)
    {
        if (isGzip)
        {
            return await ReadPackedAsync(Pack(body), cuts);
        }
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var sending = SendAsync(pipe.Writer, body, cuts);
        var lines = await ReadAsync(pipe.Reader);
        await sending;
        return lines;
    }

    private static async Task<List<Line>> ReadPackedAsync(byte[] packed, int[] cuts)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var sending = SendAsync(pipe.Writer, packed, cuts);
        var lines = await ReadAsync(PipeReader.Create(new WholeGzipStream(pipe.Reader.AsStream())));
        await sending;
        return lines;
    }

    private static async Task<List<Line>> ReadAsync(PipeReader body)
    {
        var reader = new NdjsonReader(body, MaxLineBytes);
        var lines = new List<Line>();
        bool hasMore;
        do
        {
            await reader.WaitAsync(Cancel);
            hasMore = reader.Take((line, isTooLong) =>
            {
                lines.Add(new Line(reader.LineNumber, isTooLong ? null : Encoding.UTF8.GetString(line)));
                // Whoever has enough for now gets the next line with the next wait.
                return lines.Count % 3 != 0;
            });
        }
        while (hasMore);
        return lines;
    }

    // Each piece is flushed by itself, and the reader gets its turn in between.
    private static async Task SendAsync(PipeWriter writer, byte[] body, int[] cuts)
    {
        var sent = 0;
        for (var piece = 0; sent < body.Length; piece++)
        {
            var length = Math.Min(cuts[piece % cuts.Length], body.Length - sent);
            await writer.WriteAsync(body.AsMemory(sent, length), Cancel);
            sent += length;
            await Task.Yield();
        }
        await writer.CompleteAsync();
    }

    private static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }

    // A line that is too long has no text.
    private sealed record Line(long Number, string? Text);
}
