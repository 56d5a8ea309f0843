using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Storage;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>Copies of a record that race, on one process and on two.</summary>
public sealed class SubmissionRaceTests
{
    private const int Copies = 32;

    [Theory, EveryStore]
    public async Task Racing_copies_give_one_record_and_equal_answers(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await RaceAsync(server, server);
    }

    [Theory, EveryStore]
    public async Task Racing_copies_through_two_servers_give_one_record_and_equal_answers(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        await RaceAsync(server, beside);
    }

    [Theory, EveryStore]
    public async Task Racing_records_with_other_content_keep_one_and_refuse_the_rest_by_its_id(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Copies).Select(number =>
            server.Api.PutAsync($"/devices/{device}/state", Some.State(location, charge: number))));

        var kept = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        var id = kept.Body["id"]!.GetValue<string>();
        foreach (var refused in answers.Where(answer => answer != kept))
        {
            var error = refused.ShouldFail(HttpStatusCode.Conflict, "record_reference_id_conflict");
            Assert.Contains(id, error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(1, await CountAsync(server));
    }

    [Theory, EveryStore]
    public async Task Records_without_reference_are_never_merged(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Copies).Select(_ =>
            server.Api.PutAsync($"/devices/{device}/state", Some.State(location, reference: null))));

        Assert.Equal(Copies, answers.Select(answer => answer.Body["id"]!.GetValue<string>()).Distinct().Count());
        Assert.Equal(Copies, await CountAsync(server));
    }

    [Theory, EveryStore]
    public async Task Racing_submissions_from_new_places_add_each_place_once(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var places = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Api.CreateLocationAsync()));
        var device = await server.Api.CreateDeviceAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Copies).Select(number =>
            (number % 2 == 0 ? server : beside).Api.PutAsync(
                $"/devices/{device}/state", Some.State(places[number / 2 % 8], reference: $"R{number}"))));

        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.Text));
        var read = await server.Api.GetAsync($"/devices/{device}");
        Assert.Equal(
            places.Order(), read.Body["locations"]!.AsArray().Select(place => place!.GetValue<string>()).Order());
        Assert.Equal("Europe/London", read.Body["timezone"]!.GetValue<string>());
    }

    [Theory, EveryStore]
    public async Task A_device_deleted_through_one_server_is_refused_by_the_other_at_once(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var location = await server.Api.CreateLocationAsync();
        for (var round = 0; round < 10; round++)
        {
            var device = await server.Api.CreateDeviceAsync();
            var path = $"/devices/{device}/state";
            Assert.Equal(HttpStatusCode.OK, (await beside.Api.PutAsync(path, Some.State(location))).Status);

            Assert.Equal(HttpStatusCode.Accepted, (await server.Api.DeleteAsync($"/devices/{device}")).Status);

            (await beside.Api.PutAsync(path, Some.State(location, reference: "later")))
                .ShouldFail(HttpStatusCode.NotFound, "device_not_found");
            (await beside.Api.GetAsync(path)).ShouldFail(HttpStatusCode.NotFound, "device_not_found");
        }
    }

    [Theory, EveryStore]
    public async Task A_consent_withdrawn_through_one_server_is_respected_by_the_other_at_once(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        await using var beside = await server.StartBesideAsync();
        var location = await server.Api.CreateLocationAsync();
        var device = await server.Api.CreateDeviceAsync();
        var path = $"/devices/{device}/state";
        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(
                HttpStatusCode.OK, (await beside.Api.PutAsync(path, Some.State(location, $"R{round}"))).Status);

            await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"telemetry":false}}""");
            (await beside.Api.PutAsync(path, Some.State(location, $"W{round}")))
                .ShouldFail(HttpStatusCode.Forbidden, "telemetry_consent_missing");

            await server.Api.PatchAsync($"/devices/{device}", """{"consents":{"telemetry":true}}""");
        }
    }

    private static async Task RaceAsync(TestServer one, TestServer other)
    {
        var location = await one.Api.CreateLocationAsync();
        var device = await one.Api.CreateDeviceAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Copies).Select(number =>
            (number % 2 == 0 ? one : other).Api.PutAsync($"/devices/{device}/state", Some.State(location))));

        Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.Text));
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Single(answers, answer => !answer.IsReplayed);
        Assert.Equal(1, await CountAsync(one));
    }

    private static async Task<int> CountAsync(TestServer server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PlateauDb>();
        return await db.Database.SqlQuery<int>($"""select count(*) as "Value" from device_states""").SingleAsync();
    }
}
