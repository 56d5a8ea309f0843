using CsCheck;

namespace Plateau.Contracts.Tests;

/// <summary>Identifiers: their bytes, their text and their order.</summary>
public sealed class ObjectIdTests
{
    private static readonly Gen<ObjectId> Ids = Gen.Select(Gen.ULong, Gen.UInt)
        .Select((high, low) => new ObjectId(high, low));

    [Fact]
    public void Bytes_and_text_say_the_same_id() => Ids.Sample(id =>
    {
        var text = id.ToString();

        Assert.Equal(id, ObjectId.Read(id.ToByteArray()));
        Assert.True(ObjectId.TryParse(text, out var parsed));
        Assert.Equal(id, parsed);
        Assert.Equal(Convert.ToHexStringLower(id.ToByteArray()), text);
    });

    [Fact]
    public void An_id_is_its_second_and_its_tail() => Gen.Select(Gen.UInt, Gen.ULong).Sample((second, tail) =>
    {
        var id = ObjectId.From(second, tail);

        Assert.Equal((second, tail), (id.UnixSeconds, id.Tail));
    });

    [Fact]
    public void Ids_are_ordered_as_their_bytes_and_as_their_text() => Gen.Select(Ids, Ids).Sample((left, right) =>
    {
        var expected = Math.Sign(left.ToByteArray().AsSpan().SequenceCompareTo(right.ToByteArray()));

        Assert.Equal(expected, Math.Sign(left.CompareTo(right)));
        Assert.Equal(expected, Math.Sign(string.CompareOrdinal(left.ToString(), right.ToString())));
        Assert.Equal(expected < 0, new DeviceId(left) < new DeviceId(right));
        Assert.Equal(expected > 0, new LocationId(left) > new LocationId(right));
    });

    [Theory]
    [InlineData("")]
    [InlineData("62010fe9000000000000000")]
    [InlineData("62010fe90000000000000000a")]
    [InlineData("62010FE90000000000000000")]
    [InlineData("62010fe9000000000000000g")]
    [InlineData("0x010fe90000000000000000")]
    [InlineData(" 2010fe90000000000000000")]
    [InlineData("６2010fe90000000000000000")]
    public void Anything_but_24_lower_case_hex_digits_is_refused(string text) =>
        Assert.False(ObjectId.TryParse(text, out _));

    [Fact]
    public void Typed_ids_are_read_from_what_they_print_and_from_no_other_kind() => Ids.Sample(id =>
    {
        RoundTrip<AccountId>(id);
        RoundTrip<AuditEntryId>(id);
        RoundTrip<ConsentChangeId>(id);
        RoundTrip<CustomerId>(id);
        RoundTrip<DeviceId>(id);
        RoundTrip<DeviceStateId>(id);
        RoundTrip<KeyId>(id);
        RoundTrip<LocationId>(id);
        Assert.False(ObjectIdText.TryParse<DeviceId>(new LocationId(id).ToString(), out _));
    });

    [Theory]
    [InlineData("dev_1", true)]
    [InlineData("ab_Zz09", true)]
    [InlineData("abcd_0", true)]
    [InlineData("a_0", false)]
    [InlineData("abcde_0", false)]
    [InlineData("Dev_0", false)]
    [InlineData("dev_", false)]
    [InlineData("dev", false)]
    [InlineData("", false)]
    [InlineData("dev_a_b", false)]
    [InlineData("dev_ä", false)]
    [InlineData("dev_0\n", false)]
    [InlineData("_0", false)]
    public void A_well_formed_id_is_a_short_prefix_and_letters_and_digits(string text, bool isWellFormed) =>
        Assert.Equal(isWellFormed, ObjectIdText.IsWellFormed(text));

    private static void RoundTrip<TId>(ObjectId id) where TId : struct, IObjectId<TId>
    {
        var text = ObjectIdText.Format(TId.Of(id));

        Assert.Equal(TId.Prefix + id, text);
        Assert.True(ObjectIdText.TryParse<TId>(text, out var parsed));
        Assert.Equal(id, parsed.Value);
        Assert.Equal(parsed, ObjectIdText.Parse<TId>(text));
        Assert.True(ObjectIdText.IsWellFormed(text));
    }
}
