using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Http;

/// <summary>Creations that are sent twice, and the order in which requests are checked.</summary>
public sealed class IdempotencyTests
{
    [Theory, EveryStore]
    public async Task The_same_key_and_body_give_the_same_answer_for_a_day(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);

        var first = await server.Api.PostAsync("/devices", Some.Device, "once");
        clock.Advance(TimeSpan.FromMinutes(59));
        var second = await server.Api.PostAsync("/devices", Some.Device, "once");
        clock.Advance(TimeSpan.FromHours(24));
        var later = await (await server.SignInAsync()).PostAsync("/devices", Some.Device, "once");

        Assert.False(first.IsReplayed);
        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(first.Text, second.Text);
        Assert.True(second.IsReplayed);
        Assert.False(later.IsReplayed);
        Assert.NotEqual(first.Created(), later.Created());
    }

    [Theory, EveryStore]
    public async Task Racing_creations_with_one_key_make_one_object(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(number =>
            (number % 2 == 0 ? server : beside).Api.PostAsync("/devices", Some.Device, "race")));

        Assert.Single(answers.Select(answer => answer.Created()).Distinct());
        Assert.Single(answers, answer => !answer.IsReplayed);
        Assert.Single((await server.Api.GetAsync("/devices")).Body["data"]!.AsArray());
    }

    [Theory, EveryStore]
    public async Task After_a_refused_creation_the_key_may_be_used_again(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        (await server.Api.PostAsync("/devices", """{"locations":["loc_000000000000000000000001"]}""", "again"))
            .ShouldFail(HttpStatusCode.NotFound, "location_not_found");
        (await server.Api.PostAsync("/devices", Some.Device, "again")).Created();
    }

    [Theory, EveryStore]
    public async Task A_secret_is_answered_again_but_is_not_in_the_store(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        const string Body = """{"scope":"submit","name":"Gateway"}""";
        var first = await server.Api.PostAsync("/account/keys", Body, "key-1");
        var second = await server.Api.PostAsync("/account/keys", Body, "key-1");
        var secret = first.Body["secret_key"]!.GetValue<string>();

        Assert.Matches("^sk_test_[0-9a-f]{64}$", secret);
        Assert.Equal(first.Text, second.Text);
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        var kept = await db.IdempotencyKeys.SingleAsync(TestContext.Current.CancellationToken);
        var plain = System.Text.Encoding.UTF8.GetBytes(secret);
        Assert.Equal(-1, kept.Answer.AsSpan().IndexOf(plain));
        Assert.DoesNotContain(secret, (await server.Api.GetAsync("/account/keys")).Text, StringComparison.Ordinal);
        if (store == Store.Embedded)
        {
            var files = Directory.GetFiles(server.Store.DataDirectory, "plateau.db*").Select(ReadShared);
            Assert.All(files, bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf(plain)));
        }
    }

    [Theory, EveryStore]
    public async Task A_revoked_key_stops_within_a_minute(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        await using var beside = await server.StartBesideAsync(clock);
        var (id, secret) = await server.CreateKeyAsync();
        var client = beside.Anonymous();
        await client.SignInAsync(server.AccountId, secret);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/devices")).Status);

        Assert.Equal(HttpStatusCode.Accepted, (await server.Api.DeleteAsync($"/account/keys/{id}")).Status);
        clock.Advance(TimeSpan.FromSeconds(60));

        (await client.GetAsync("/devices")).ShouldFail(HttpStatusCode.Unauthorized, "token_invalid");
        (await server.Api.DeleteAsync($"/account/keys/{id}")).ShouldFail(HttpStatusCode.NotFound, "key_not_found");
    }

    [Theory, EveryStore]
    public async Task A_token_of_one_server_is_good_on_another_also_after_new_signing_keys(Store store)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(store, clock);
        await using var beside = await server.StartBesideAsync(clock);
        // Half an hour before the first signing key's thirty days are over, then just after it.
        clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(30));
        var before = await server.SignInAsync();
        clock.Advance(TimeSpan.FromMinutes(40));
        var after = await server.SignInAsync();
        foreach (var client in (ApiClient[])[before, after])
        {
            var there = beside.Anonymous();
            there.Http.DefaultRequestHeaders.Authorization = client.Http.DefaultRequestHeaders.Authorization;
            Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/devices")).Status);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/devices")).Status);
        }
    }

    [Theory, EveryStore]
    public async Task Checks_come_in_the_contracts_order(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var silent = await server.Api.CreateDeviceAsync("""{"consents":{"telemetry":false}}""");
        var path = $"/devices/{silent}/state";
        const string Nowhere = "/devices/dev_000000000000000000000001/state";

        var text = ApiClient.WithBody(HttpMethod.Put, Nowhere, "no json");
        text.Content!.Headers.ContentType = new("text/plain");
        (await server.Api.SendAsync(text)).ShouldFail(HttpStatusCode.NotFound, "device_not_found");
        text = ApiClient.WithBody(HttpMethod.Put, path, "no json");
        text.Content!.Headers.ContentType = new("text/plain");
        (await server.Api.SendAsync(text)).ShouldFail(HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        (await server.Api.PutAsync(path, "no json")).ShouldFail(HttpStatusCode.BadRequest, "json_invalid");
        (await server.Api.PutAsync(path, Some.State("loc_000000000000000000000001")))
            .ShouldFail(HttpStatusCode.NotFound, "location_not_found");
        (await server.Api.PutAsync(path, Some.State(location)))
            .ShouldFail(HttpStatusCode.Forbidden, "telemetry_consent_missing");
        Assert.Empty((await server.Api.GetAsync($"/devices/{silent}")).Body["locations"]!.AsArray());
    }

    [Theory, EveryStore]
    public async Task A_request_id_is_echoed_or_made(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        foreach (var (sent, isEchoed) in ((string, bool)[])[("trace-1", true), (new string('x', 65), false)])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
            request.Headers.Add("X-Request-Id", sent);
            var answer = await server.Api.SendAsync(request);
            var id = answer.ShouldFail(HttpStatusCode.NotFound, "route_not_found").RequestId;
            Assert.Equal(isEchoed, id == sent);
            Assert.Equal(id, answer.Headers.GetValues("X-Request-Id").Single());
        }
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
