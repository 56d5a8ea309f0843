using System.Text.Json.Nodes;
using Plateau.Contracts;
using Plateau.Server.Http;
using Plateau.Server.WebConsole;

namespace Plateau.Server.Tests.WebConsole;

/// <summary>Codes, changes and forms in a visitor's words.</summary>
public sealed class RegistryTextTests
{
    private const string Customer = "cus_0123456789abcdef01234567";

    [Fact]
    public void Every_code_of_the_catalog_is_explained() =>
        Assert.All(ErrorCatalog.Cases, one => Assert.Equal(one.Sentence, ErrorText.Explain(one.Code)));

    [Theory]
    [InlineData("city_missing", "`city` is required and was not sent.")]
    [InlineData("battery_power_kw_invalid", "`battery_power_kw` is not of the wanted form, or out of range.")]
    [InlineData("colour_unknown", "`colour` is not a member or parameter of the call.")]
    [InlineData("time_duplicate", "`time` was sent more than once.")]
    [InlineData("something_else", null)]
    public void A_code_named_after_a_member_is_explained(string code, string? words) =>
        Assert.Equal(words, ErrorText.Explain(code));

    [Theory]
    [InlineData("device.states_erased", "dev_0123456789abcdef01234567", "Device states erased", "devices")]
    [InlineData("customer.updated", Customer, "Customer updated", "customers")]
    [InlineData("location.deleted", "loc_0123456789abcdef01234567", "Location deleted", null)]
    [InlineData("key.revoked", "key_0123456789abcdef01234567", "Key revoked", null)]
    public void A_change_is_told_and_leads_to_what_is_still_there(string action, string id, string words, string? page)
    {
        var entry = new AuditEntry
        {
            Id = default, KeyId = null, LiveMode = false, Time = default, ObjectId = id, Action = action,
        };
        Assert.Equal(words, AuditText.ActionOf(entry));
        Assert.Equal(page is null ? null : $"{page}/{id}", AuditText.AddressOf(entry));
    }

    [Fact]
    public void A_form_tells_what_cannot_be_sent_by_the_paths_of_the_api()
    {
        var form = new LocationForm { Customer = "somebody", Lat = "51.5", Lng = "" };
        Assert.Null(form.Read(out var faults));
        Assert.NotNull(faults.At("$.customer_id"));
        Assert.NotNull(faults.At("$.geo_location.lng"));
        Assert.Null(faults.At("$.geo_location.lat"));
        Assert.Single(faults.Beside(["$.customer_id"]));
    }

    [Fact]
    public void What_is_emptied_in_a_form_is_removed_by_the_patch()
    {
        var form = new LocationForm
        {
            Reference = " ", Customer = Customer, Timezone = "Europe/London", City = "Leeds", Country = "gb",
            Lat = "51.5", Lng = "-0.1",
        };
        var draft = form.Read(out var faults);
        Assert.False(faults.Any);
        Assert.NotNull(draft);
        var expected = JsonNode.Parse($$$"""
            {"reference_id":null,"customer_id":"{{{Customer}}}","timezone":"Europe/London","currency_code":null,
            "postal_address":{"address_line1":null,"address_line2":null,"city":"Leeds","state":null,"post_code":null,
            "country_code":"GB"},"geo_location":{"lat":51.5,"lng":-0.1}}
            """);
        var patch = LocationForm.PatchTo(draft);
        Assert.True(JsonNode.DeepEquals(expected, patch), patch.ToJsonString());
    }
}
