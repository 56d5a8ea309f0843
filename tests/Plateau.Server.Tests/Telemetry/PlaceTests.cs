using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Contracts;
using Plateau.Server.Locations;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Places that submissions bring to a device.</summary>
public sealed class PlaceTests
{
    [Theory, EveryStore]
    public async Task A_state_from_a_new_place_adds_it_and_what_the_device_lacks(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var london = await server.Api.CreateLocationAsync();
        var lima = await server.Api.CreateLocationAsync(
            """{"timezone":"America/Lima","postal_address":{"city":"Lima","country_code":"PE"}}""");
        var device = await server.Api.CreateDeviceAsync();

        await SubmitAsync(server, device, london, "1");
        await SubmitAsync(server, device, lima, "2");
        await SubmitAsync(server, device, london, "3");

        Assert.Equal([london, lima], await PlacesAsync(server, device));
        Assert.Equal(
            "Europe/London", (await server.Api.GetAsync($"/devices/{device}")).Body["timezone"]!.GetValue<string>());
        Assert.Equal(2, await server.CountAsync("device_locations"));
    }

    [Theory, EveryStore]
    public async Task A_device_at_100_places_takes_states_from_those_only_and_repeats_of_any(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var places = new List<string>();
        for (var number = 0; number < 100; number++)
        {
            places.Add(await server.Api.CreateLocationAsync());
        }
        var one = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var first = await SubmitAsync(server, device, one, "at the first place");
        var filled = await server.Api.PatchAsync(
            $"/devices/{device}", $$"""{"locations":["{{string.Join("\",\"", places)}}"]}""");
        Assert.Equal(HttpStatusCode.OK, filled.Status);

        var full = await SubmitAsync(server, device, one, "again");
        var known = await SubmitAsync(server, device, places[99], "known");
        var repeated = await SubmitAsync(server, device, one, "at the first place");

        full.ShouldFail(HttpStatusCode.UnprocessableEntity, "locations_full");
        Assert.Equal(HttpStatusCode.OK, known.Status);
        Assert.Equal(first.Text, repeated.Text);
        Assert.True(repeated.IsReplayed);
        Assert.Equal(places, await PlacesAsync(server, device));
        Assert.Equal(2, await server.CountAsync("device_states"));
    }

    [Theory, EveryStore]
    public async Task First_states_of_a_whole_fleet_at_once_are_all_kept_and_all_placed(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var homes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.Api.CreateLocationAsync()));
        var fleet = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.Api.CreateDeviceAsync()));

        var answers = await Task.WhenAll(fleet.SelectMany(device => homes.Select(
            home => SubmitAsync(server, device, home, $"first at {home}"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(300, await server.CountAsync("device_states"));
        Assert.Equal(300, await server.CountAsync("device_locations"));
        foreach (var device in fleet)
        {
            Assert.Equal(homes.Order(), (await PlacesAsync(server, device)).Order());
        }
    }

    [Theory, EveryStore]
    public async Task A_conflict_or_a_repeat_adds_no_place(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var first = await server.Api.CreateLocationAsync();
        var other = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var kept = await SubmitAsync(server, device, first, "a");

        var conflict = await SubmitAsync(server, device, other, "a");
        Assert.Equal([first], await PlacesAsync(server, device));
        await server.Api.PatchAsync($"/devices/{device}", """{"locations":[]}""");
        var repeat = await SubmitAsync(server, device, first, "a");

        var error = conflict.ShouldFail(HttpStatusCode.Conflict, "record_reference_id_conflict");
        Assert.Contains(kept.Body["id"]!.GetValue<string>(), error.Message, StringComparison.Ordinal);
        Assert.True(repeat.IsReplayed);
        Assert.Empty(await PlacesAsync(server, device));
        Assert.Equal(0, await server.CountAsync("device_locations"));
    }

    [Theory, EveryStore]
    public async Task A_place_of_another_account_mode_or_of_nobody_is_not_found_and_nothing_is_written(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var other = await server.SignInAsync(account: await server.CreateAccountAsync("Other"));
        var live = await server.SignInAsync(liveMode: true);
        string[] places =
        [
            await other.CreateLocationAsync(), await live.CreateLocationAsync(), "loc_000000000000000000000000",
            "loc_ffffffffffffffffffffffff", "loc_1", "dev_641b90b758fb8e6293716e40",
        ];
        var device = await server.Api.CreateDeviceAsync();
        var before = await server.CountEverythingAsync();

        foreach (var place in places)
        {
            (await SubmitAsync(server, device, place, "a")).ShouldFail(HttpStatusCode.NotFound, "location_not_found");
        }

        Assert.Equal(before, await server.CountEverythingAsync());
        Assert.Empty(await PlacesAsync(server, device));
    }

    [Theory, EveryStore]
    public async Task Only_the_first_place_gives_what_the_device_lacks_and_what_a_patch_removed_stays_removed(
        Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var vague = await server.Api.CreateLocationAsync();
        var lima = await server.Api.CreateLocationAsync("""
            {"timezone":"America/Lima","postal_address":{"city":"Lima","country_code":"PE"},
            "geo_location":{"lat":-12.05,"lng":-77.04}}
            """);
        var cusco = await server.Api.CreateLocationAsync("""
            {"timezone":"America/Lima","postal_address":{"city":"Cusco","country_code":"PE"},
            "geo_location":{"lat":-13.53,"lng":-71.97}}
            """);
        const string agreed = """{"consents":{"geo_location":true}}""";
        var atVague = await server.Api.CreateDeviceAsync(agreed);
        var atLima = await server.Api.CreateDeviceAsync(agreed);
        async Task<string> GeoLocationAsync(string device) =>
            (await server.Api.GetAsync($"/devices/{device}")).Body["geo_location"]?.ToJsonString() ?? "null";

        await SubmitAsync(server, atVague, vague, "1");
        await SubmitAsync(server, atVague, lima, "2");
        await SubmitAsync(server, atLima, lima, "1");
        Assert.Equal("null", await GeoLocationAsync(atVague));
        Assert.Equal("""{"lat":-12.05,"lng":-77.04}""", await GeoLocationAsync(atLima));

        await server.Api.PatchAsync($"/devices/{atLima}", """{"geo_location":null,"timezone":null}""");
        await SubmitAsync(server, atLima, cusco, "2");

        Assert.Equal([lima, cusco], await PlacesAsync(server, atLima));
        Assert.Equal("null", await GeoLocationAsync(atLima));
        Assert.Equal("UTC", (await server.Api.GetAsync($"/devices/{atLima}")).Body["timezone"]!.GetValue<string>());
    }

    // Places are kept side by side, twelve bytes each, so an id may also be found across the border of two others.
    [Theory, EveryStore]
    public async Task A_place_whose_bytes_also_straddle_two_others_is_known(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        LocationId[] places =
        [
            new(ObjectId.From(0x11111111, 0x2222222233333333)), new(ObjectId.From(0x44444444, 0x5555555566666666)),
            new(ObjectId.From(0x33333333, 0x4444444455555555)),
        ];
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
            await using var write = await db.BeginWriteAsync(TestContext.Current.CancellationToken);
            db.Locations.AddRange(places.Select(place => new LocationRow
            {
                Id = place,
                AccountId = server.AccountId,
                LiveMode = false,
                Timezone = "UTC",
                City = "London",
                CountryCode = "GB",
                TimeCreated = TimeProvider.System.GetUtcNow(),
            }));
            await write.CommitAsync(TestContext.Current.CancellationToken);
        }
        var device = await server.Api.CreateDeviceAsync($$"""{"locations":["{{string.Join("\",\"", places)}}"]}""");

        var known = await SubmitAsync(server, device, places[2].ToString(), "known");

        Assert.True(known.Status == HttpStatusCode.OK, known.Text);
        Assert.Equal(3, await server.CountAsync("device_locations"));

        await server.Api.PatchAsync($"/devices/{device}", $$"""{"locations":["{{places[0]}}","{{places[1]}}"]}""");
        var added = await SubmitAsync(server, device, places[2].ToString(), "added");

        Assert.True(added.Status == HttpStatusCode.OK, added.Text);
        Assert.Equal(places.Select(place => place.ToString()), await PlacesAsync(server, device));
    }

    private static Task<ApiAnswer> SubmitAsync(TestServer server, string device, string location, string reference) =>
        server.Api.PutAsync($"/devices/{device}/state", Some.State(location, reference));

    private static async Task<string[]> PlacesAsync(TestServer server, string device) =>
        [.. (await server.Api.GetAsync($"/devices/{device}")).Body["locations"]!.AsArray()
            .Select(place => place!.GetValue<string>())];
}
