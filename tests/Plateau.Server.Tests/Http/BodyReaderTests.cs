using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Options;
using Plateau.Contracts;
using Plateau.Server.Accounts;
using Plateau.Server.Customers;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Http;

/// <summary>The reader of request bodies, over bodies that are right and wrong by chance.</summary>
public sealed class BodyReaderTests
{
    private static readonly DeviceStateBody StateBody =
        new(TimeProvider.System, Options.Create(new TelemetryOptions()));

    private static readonly Reader[] Readers =
    [
        Reader.Of(StateBody.Schema), Reader.Of(DeviceBody.Schema), Reader.Of(LocationBody.Schema),
        Reader.Of(CustomerBody.Schema), Reader.Of(KeyBody.Schema),
    ];

    [Fact]
    public void Every_fault_of_a_body_is_told_at_once_and_nothing_else() =>
        Gen.Select(Gen.Int, Gen.OneOf(Readers), Gen.Bool).Sample((seed, reader, patch) =>
        {
            var maker = new BodyMaker(seed) { Patch = patch };
            var body = maker.Make(reader.Schema);

            var error = reader.Read(Encoding.UTF8.GetBytes(body), patch);

            var told = (error?.Errors ?? []).Select(fault => (fault.Path, fault.Code))
                .OrderBy(fault => fault.Path, StringComparer.Ordinal)
                .ThenBy(fault => fault.Code, StringComparer.Ordinal);
            Assert.True(maker.Faults.SequenceEqual(told), $"""
                {body}
                should have the faults {string.Join(' ', maker.Faults)}
                but was told {string.Join(' ', told)}
                """);
            if (error is not null)
            {
                Assert.Equal((error.Errors![0].Code, error.Errors[0].Message), (error.Code, error.Message));
            }
        }, iter: 5_000);

    [Fact]
    public void A_right_body_is_taken() => Gen.Select(Gen.Int, Gen.OneOf(Readers)).Sample((seed, reader) =>
    {
        var body = new BodyMaker(seed) { Wrong = false }.Make(reader.Schema);

        var error = reader.Read(Encoding.UTF8.GetBytes(body), false);

        Assert.True(error is null, $"{body} was refused: {error?.Message}");
    }, iter: 1_000);

    [Fact]
    public void Broken_bytes_are_refused_or_are_json_and_never_fail() =>
        Gen.Select(Gen.Int, Gen.Int, Gen.OneOf(Readers), Gen.Bool).Sample((seed, damage, reader, patch) =>
        {
            var broken = BodyBreaker.Break(new BodyMaker(seed) { Patch = patch }.Make(reader.Schema), damage);

            var error = reader.Read(broken, patch);

            Assert.True(error is { Code.Length: > 0, Errors.Count: > 0 } || IsObject(broken),
                Encoding.UTF8.GetString(broken));
            Assert.All(error?.Errors ?? [], fault => Assert.InRange(fault.Message.Length, 1, 400));
        }, iter: 5_000);

    [Theory]
    [InlineData(@"{""timezone\ud800"":""UTC""}")]
    [InlineData(@"{""timezon\ud800"":""UTC""}")]
    [InlineData(@"{""\udc00timezone"":""UTC""}")]
    [InlineData(@"{""\u0074imezone\ud83d"":""UTC""}")]
    public void A_name_with_half_a_surrogate_pair_is_refused(string body) =>
        Assert.NotNull(RequestBody.Parse(LocationBody.Schema, Encoding.UTF8.GetBytes(body), patch: true).Error);

    [Fact]
    public void Bytes_by_chance_are_never_a_body() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.OneOf(Readers)).Sample((bytes, reader) =>
            Assert.Equal("json_invalid", reader.Read(bytes, false)?.Code));

    // Of more faults than are listed the later ones count too: nothing may be built from what they are about.
    [Theory]
    [InlineData("""{"city":5,"country_code":"GB"}""")]
    [InlineData("{}")]
    [InlineData("""{"city":"London","country_code":{}}""")]
    public void A_nested_fault_behind_a_hundred_others_is_still_one(string address)
    {
        var unknown = string.Concat(Enumerable.Range(0, 150).Select(number => $"\"a{number}\":1,"));
        var body = $$$"""{{{{unknown}}}"timezone":"UTC","postal_address":{{{address}}}}""";

        var error = RequestBody.Parse(LocationBody.Schema, Encoding.UTF8.GetBytes(body)).Error;

        Assert.Equal(BodyFaults.Max, error!.Errors!.Count);
        Assert.Equal("a0_unknown", error.Code);
    }

    [Theory]
    [InlineData(@"2022-02-01T10:30:00.1234567\u002B02:00", "2022-02-01T08:30:00.123456Z")]
    [InlineData(@"\u0032\u0030\u0032\u0032-02-01T10:30:00\u005a", "2022-02-01T10:30:00Z")]
    public void A_time_may_be_written_with_escapes(string sent, string meant)
    {
        var body = $$"""
            {"location_id":"loc_1","time":"{{sent}}","state_of_charge_percent":1,"target_state_of_charge_percent":1}
            """;

        var read = RequestBody.Parse(StateBody.Schema, Encoding.UTF8.GetBytes(body));

        Assert.Null(read.Error);
        Assert.Equal(meant, Instant.Format(read.Value!.Time));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(20_000)]
    public void A_body_however_deep_is_refused(int depth)
    {
        foreach (var reader in Readers)
        {
            var body = "{\"a\":" + new string('[', depth) + new string(']', depth) + "}";
            Assert.Equal("json_invalid", reader.Read(Encoding.UTF8.GetBytes(body), false)?.Code);
        }
    }

    private static bool IsObject(byte[] utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A schema and a way to read it, whatever it becomes.</summary>
    private sealed record Reader(BodySchema Schema, Func<byte[], bool, ApiError?> Read)
    {
        public static Reader Of<T>(BodySchema<T> schema) where T : class =>
            new(schema, (utf8, patch) => RequestBody.Parse(schema, utf8, patch).Error);

        public override string ToString() => Schema.Name;
    }
}
