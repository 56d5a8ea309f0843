using System.Text;
using System.Text.Json;
using CsCheck;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Tests.Http;

/// <summary>The buffer writes what the framework's writer would write.</summary>
public sealed class JsonBufferTests
{
    [Fact]
    public void A_text_is_escaped_as_the_frameworks_writer_escapes_it() =>
        Gen.Char.Array[0, 40].Select(characters => Encoding.UTF8.GetBytes(characters)).Sample(utf8 =>
        {
            using var json = new JsonBuffer(1);
            json.Text(utf8);
            AssertSame(writer => writer.WriteStringValue(utf8), json);
        });

    [Theory]
    [InlineData("")]
    [InlineData("\"\\/<>&'\b\f\n\r\t\u0001\u007f")]
    [InlineData("Wärmepumpe 東京 🔋")]
    [InlineData("🔋\"🔋")]
    public void A_text_of_marks_is_escaped_as_the_frameworks_writer_escapes_it(string text)
    {
        using var json = new JsonBuffer(1);
        json.Text(Encoding.UTF8.GetBytes(text));
        AssertSame(writer => writer.WriteStringValue(text), json);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(json.Written));
    }

    [Fact]
    public void A_number_reads_back_as_the_same_number() =>
        Gen.Double.Where(double.IsFinite).Sample(number =>
        {
            using var json = new JsonBuffer(1);
            json.Number(number);
            AssertSame(writer => writer.WriteNumberValue(number), json);
            Assert.Equal(number, JsonSerializer.Deserialize<double>(json.Written));
        });

    [Fact]
    public void Ids_instants_and_truths_are_written_as_they_are_printed() =>
        Gen.Select(Gen.ULong, Gen.UInt, Gen.Long[0, 4_000_000_000_000_000], Gen.Bool)
            .Sample((high, low, microseconds, truth) =>
            {
                var id = new DeviceId(new ObjectId(high, low));
                var time = Instant.FromUnixMicroseconds(microseconds);
                using var json = new JsonBuffer(1);
                json.Raw("["u8);
                json.Id(id);
                json.Raw(","u8);
                json.Time(time);
                json.Raw(","u8);
                json.Boolean(truth);
                json.Raw("]"u8);
                AssertSame(
                    writer =>
                    {
                        writer.WriteStartArray();
                        writer.WriteStringValue(id.ToString());
                        writer.WriteStringValue(Instant.Format(time));
                        writer.WriteBooleanValue(truth);
                        writer.WriteEndArray();
                    },
                    json);
            });

    private static void AssertSame(Action<Utf8JsonWriter> write, JsonBuffer json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, WireJson.Writer))
        {
            write(writer);
        }
        Assert.Equal(Encoding.UTF8.GetString(stream.ToArray()), Encoding.UTF8.GetString(json.Written));
    }
}
