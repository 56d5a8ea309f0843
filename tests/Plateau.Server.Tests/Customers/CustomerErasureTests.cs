using System.Net;
using System.Text;
using Plateau.Contracts;
using Plateau.Server.Customers;

namespace Plateau.Server.Tests.Customers;

/// <summary>Customers who are deleted with all that is theirs.</summary>
public sealed class CustomerErasureTests
{
    private static readonly CustomerId One = ObjectIdText.Parse<CustomerId>("cus_000000000000000000000001");
    private static readonly CustomerId Other = ObjectIdText.Parse<CustomerId>("cus_000000000000000000000002");

    // Whose the places of a device are: o of the erased customer, x of another, - of none.
    [Theory]
    [InlineData("", "Stays")]
    [InlineData("x", "Stays")]
    [InlineData("-", "Stays")]
    [InlineData("x-", "Stays")]
    [InlineData("o", "Erased")]
    [InlineData("oo", "Erased")]
    [InlineData("-o", "Erased")]
    [InlineData("ox", "LeavesPlaces")]
    [InlineData("xo-", "LeavesPlaces")]
    public void A_device_goes_with_the_customer_whose_it_alone_is(string places, string fate) =>
        Assert.Equal(fate, CustomerErasure.Decide(One, [.. places.Select(place => place switch
        {
            'o' => One,
            'x' => Other,
            _ => (CustomerId?)null,
        })]).ToString());

    [Theory, EveryStore]
    public async Task Everything_of_the_customer_is_gone_at_once_on_every_process_and_nothing_else(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = store == Store.Postgres ? await server.StartBesideAsync() : null;
        var api = (beside ?? server).Api;
        var (customer, other) = (await CreateCustomerAsync(api), await CreateCustomerAsync(api));
        var (home, garage) = (await CreateLocationAsync(api, customer), await CreateLocationAsync(api, customer));
        var (away, office) = (await CreateLocationAsync(api, other), await api.CreateLocationAsync());
        var battery = await CreateDeviceAsync(api, home, garage);
        var car = await CreateDeviceAsync(api, office, garage);
        var shared = await CreateDeviceAsync(api, home, away, garage);
        var others = await CreateDeviceAsync(api, away);
        foreach (var device in new[] { battery, car, shared, others })
        {
            var state = await api.PutAsync($"/devices/{device}/state", Some.State(device == others ? away : garage));
            Assert.Equal(HttpStatusCode.OK, state.Status);
            Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/devices")).Status);
        }

        var answer = await server.Api.DeleteAsync($"/customers/{customer}?cascade=true");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        foreach (var gone in new[]
        {
            $"/customers/{customer}", $"/locations/{home}", $"/locations/{garage}", $"/devices/{battery}",
            $"/devices/{car}", $"/devices/{car}/state", $"/devices/{car}/consents",
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(gone)).Status);
        }
        (await api.PutAsync($"/devices/{car}/state", Some.State(office, "late")))
            .ShouldFail(HttpStatusCode.NotFound, "device_not_found");
        foreach (var there in new[] { $"/customers/{other}", $"/locations/{away}", $"/locations/{office}" })
        {
            Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(there)).Status);
        }
        var list = (await api.GetAsync("/devices")).Body["data"]!.AsArray();
        Assert.Equal([others, shared], list.Select(one => one!["id"]!.GetValue<string>()));
        Assert.Equal([away], list[1]!["locations"]!.AsArray().Select(one => one!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync($"/devices/{shared}/state")).Status);
        await Until.TrueAsync("the records were erased", async () => await server.CountAsync("device_states") == 2);
        Assert.Equal(0, await server.CountAsync("customer_erasures"));
        Assert.Equal(2, await server.CountAsync("device_locations"));
        Assert.Equal(2, await server.CountAsync("consent_changes"));
        string[] expected =
        [
            $"customer.deleted {customer}", $"location.deleted {home}", $"location.deleted {garage}",
            $"device.deleted {battery}", $"device.deleted {car}", $"device.updated {shared}",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), await ReadTrailAsync(server));
    }

    [Theory, EveryStore]
    public async Task Without_cascade_a_customer_with_locations_stays(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var customer = await CreateCustomerAsync(server.Api);
        var device = await CreateDeviceAsync(server.Api, await CreateLocationAsync(server.Api, customer));
        var before = await server.CountEverythingAsync();

        foreach (var query in new[] { "", "?cascade=false" })
        {
            (await server.Api.DeleteAsync($"/customers/{customer}{query}"))
                .ShouldFail(HttpStatusCode.Conflict, "customer_in_use");
        }
        (await server.Api.DeleteAsync($"/customers/{customer}?cascade=yes&cascade=true&b=1"))
            .ShouldFail(HttpStatusCode.BadRequest, "cascade_duplicate");
        (await server.Api.DeleteAsync($"/customers/{customer}?cascade=yes"))
            .ShouldFail(HttpStatusCode.BadRequest, "cascade_invalid");
        (await server.Api.DeleteAsync("/customers/cus_000000000000000000000001?cascade=yes"))
            .ShouldFail(HttpStatusCode.NotFound, "customer_not_found");
        var live = await server.SignInAsync(liveMode: true);
        (await live.DeleteAsync($"/customers/{customer}?cascade=true"))
            .ShouldFail(HttpStatusCode.NotFound, "customer_not_found");
        var reader = await server.SignInAsync(KeyScope.Read);
        (await reader.DeleteAsync($"/customers/{customer}?cascade=true"))
            .ShouldFail(HttpStatusCode.Forbidden, "scope_insufficient");

        Assert.Equal(before, (await server.CountEverythingAsync()).Replace(
            "account_keys 3", "account_keys 1", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await server.Api.GetAsync($"/devices/{device}")).Status);
    }

    [Theory, EveryStore]
    public async Task A_customer_of_very_many_devices_is_gone_at_once_and_they_follow(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var customer = await CreateCustomerAsync(server.Api);
        var places = new List<string>();
        for (var place = 0; place < 3; place++)
        {
            places.Add(await CreateLocationAsync(server.Api, customer));
        }
        var body = new StringBuilder();
        for (var device = 0; device < 700; device++)
        {
            string[] at = [.. new[] { places[device % 3], places[device % 2] }.Distinct()];
            body.Append(null, $"{{\"locations\":[\"{string.Join("\",\"", at)}\"]}}\n");
        }
        var lines = await server.Api.PostLinesAsync("/devices/import", body.ToString());
        Assert.Equal(700, lines[^1]["devices_created"]!.GetValue<int>());

        Assert.Equal(
            HttpStatusCode.Accepted, (await server.Api.DeleteAsync($"/customers/{customer}?cascade=true")).Status);

        (await server.Api.GetAsync($"/customers/{customer}")).ShouldFail(HttpStatusCode.NotFound, "customer_not_found");
        (await server.Api.DeleteAsync($"/customers/{customer}?cascade=true"))
            .ShouldFail(HttpStatusCode.NotFound, "customer_not_found");
        (await server.Api.PostAsync("/locations", LocationOf(customer)))
            .ShouldFail(HttpStatusCode.NotFound, "customer_not_found");
        await Until.TrueAsync("all was erased", async () => await server.CountAsync("customer_erasures") == 0);
        Assert.Equal(0, await server.CountAsync("devices"));
        Assert.Equal(0, await server.CountAsync("device_locations"));
        Assert.Equal(0, await server.CountAsync("locations"));
        var trail = await ReadTrailAsync(server);
        Assert.Equal(700 + 3 + 1, trail.Distinct().Count());
        Assert.Equal(700 + 3 + 1, trail.Count);
        Assert.Equal(700, await server.CountAsync("erasures"));
    }

    [Theory, EveryStore]
    public async Task What_changes_beside_an_erasure_leaves_nothing_without_its_place(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var api = server.Api;
        var other = await CreateCustomerAsync(api);
        var away = await CreateLocationAsync(api, other);
        for (var round = 0; round < 3; round++)
        {
            var customer = await CreateCustomerAsync(api);
            var homes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateLocationAsync(api, customer)));
            var devices = await Task.WhenAll(homes.Select(home => CreateDeviceAsync(api, home)));

            var answers = await Task.WhenAll(
            [
                .. homes.Select(home => api.PostAsync("/devices", $$"""{"locations":["{{home}}"]}""")),
                .. homes.Take(3).Select(home => api.PatchAsync(
                    $"/locations/{home}", $$"""{"customer_id":"{{other}}"}""")),
                api.DeleteAsync($"/customers/{customer}?cascade=true"),
                .. devices.Zip(homes.Reverse()).Select(pair => api.PutAsync(
                    $"/devices/{pair.First}/state", Some.State(pair.Second, $"round {round}"))),
                .. devices.Select(device => api.PatchAsync(
                    $"/devices/{device}", $$"""{"locations":["{{homes[0]}}","{{away}}"]}""")),
                .. homes.Skip(3).Select(home => api.PatchAsync($"/locations/{home}", """{"currency_code":"GBP"}""")),
            ]);

            Assert.All(answers, answer => Assert.True((int)answer.Status < 500, answer.Text));
            await Until.TrueAsync("all was erased", async () => await server.CountAsync("customer_erasures") == 0);
            Assert.Equal(0, await server.ReadNumberAsync(
                "select count(*) from device_locations where location_id not in (select id from locations)"));
            Assert.Equal(0, await server.ReadNumberAsync(
                "select count(*) from device_locations where device_id not in (select id from devices)"));
            Assert.Equal(0, await server.ReadNumberAsync(
                "select count(*) from locations where customer_id not in (select id from customers)"));
            foreach (var device in (await api.GetAsync("/devices?limit=100")).Body["data"]!.AsArray())
            {
                foreach (var place in device!["locations"]!.AsArray())
                {
                    Assert.Equal(HttpStatusCode.OK, (await api.GetAsync($"/locations/{place}")).Status);
                }
            }
        }
    }

    private static async Task<string> CreateCustomerAsync(ApiClient api) =>
        (await api.PostAsync("/customers", "{}")).Created();

    private static Task<string> CreateLocationAsync(ApiClient api, string customer) =>
        api.CreateLocationAsync(LocationOf(customer));

    private static string LocationOf(string customer) =>
        Some.Location.TrimEnd().TrimEnd('}') + $"}},\"customer_id\":\"{customer}\"}}";

    private static Task<string> CreateDeviceAsync(ApiClient api, params string[] locations) =>
        api.CreateDeviceAsync($$"""{"locations":["{{string.Join("\",\"", locations)}}"]}""");

    // What was deleted or changed, by action and object.
    private static async Task<List<string>> ReadTrailAsync(TestServer server)
    {
        var trail = new List<string>();
        for (string? last = null; ;)
        {
            var page = await server.Api.GetAsync(
                "/account/audit?limit=100" + (last is null ? "" : $"&starting_after={last}"));
            foreach (var entry in page.Body["data"]!.AsArray())
            {
                last = entry!["id"]!.GetValue<string>();
                trail.Add($"{entry["action"]} {entry["object_id"]}");
            }
            if (!page.Body["has_more"]!.GetValue<bool>())
            {
                trail.RemoveAll(entry => entry.Contains(".created", StringComparison.Ordinal));
                trail.Sort(StringComparer.Ordinal);
                return trail;
            }
        }
    }
}
