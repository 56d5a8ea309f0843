using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Server.Http;

namespace Plateau.Server.Tests.Http;

/// <summary>
/// Malformed input to every endpoint that takes a body, over HTTP: refused with its faults, never a 5xx, never a trace
/// in the store. The bodies of a run are made from seeds that a failure names.
/// </summary>
public sealed class MalformedBodyTests
{
    private const int BodiesEach = 40;

    [Theory, EveryStore]
    public async Task Wrong_members_are_all_told_and_leave_no_trace(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        var before = "";
        foreach (var call in await CallsAsync(server))
        {
            before = await server.CountEverythingAsync();
            for (var seed = 0; seed < BodiesEach; seed++)
            {
                var maker = call.NewMaker(seed, wrong: true);
                var body = maker.Make(call.Schema);
                if (!maker.Faults.Any())
                {
                    continue;
                }
                var answer = await SendAsync(server, call, Encoding.UTF8.GetBytes(body));

                Assert.True(answer.Status == HttpStatusCode.BadRequest,
                    $"{call} seed {seed}: {answer.Text} for {body}");
                var told = answer.ShouldFail(HttpStatusCode.BadRequest, answer.Body["code"]!.GetValue<string>()).Errors!
                    .Select(fault => (fault.Path, fault.Code)).Order();
                Assert.True(maker.Faults.Order().SequenceEqual(told), $"{call} seed {seed}: {answer.Text} for {body}");
            }
            Assert.Equal(before, await server.CountEverythingAsync());
        }
        Assert.NotEmpty(before);
    }

    [Theory, EveryStore]
    public async Task Broken_bytes_are_never_a_fault_of_the_server_and_leave_no_trace_when_refused(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        foreach (var call in await CallsAsync(server))
        {
            for (var seed = 0; seed < BodiesEach; seed++)
            {
                var made = call.NewMaker(seed, wrong: seed % 2 == 0).Make(call.Schema);
                var before = await server.CountEverythingAsync();

                var answer = await SendAsync(server, call, BodyBreaker.Break(made, seed));

                Assert.True((int)answer.Status < 500, $"{call} seed {seed}: {answer.Text}");
                if (!IsSuccess(answer))
                {
                    Assert.True(before == await server.CountEverythingAsync(),
                        $"{call} seed {seed} left a trace: {answer.Text}");
                }
            }
        }
    }

    [Theory, EveryStore]
    public async Task Right_bodies_are_taken_or_refused_for_what_they_name(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        foreach (var call in await CallsAsync(server))
        {
            for (var seed = 0; seed < BodiesEach; seed++)
            {
                var body = call.NewMaker(seed, wrong: false).Make(call.Schema);
                var before = await server.CountEverythingAsync();

                var answer = await SendAsync(server, call, Encoding.UTF8.GetBytes(body));

                var isNamedNothing = answer.Status is HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity;
                Assert.True(IsSuccess(answer) || isNamedNothing || answer.Status == HttpStatusCode.Conflict,
                    $"{call} seed {seed}: {answer.Text} for {body}");
                if (!IsSuccess(answer))
                {
                    Assert.True(before == await server.CountEverythingAsync(),
                        $"{call} seed {seed} left a trace: {answer.Text}");
                }
            }
        }
    }

    [Theory, EveryStore]
    public async Task A_hundred_faults_and_a_wrong_nested_object_are_a_bad_request(Store store)
    {
        await using var server = await TestServer.StartAsync(store);
        const string wrong = """{"city":1,"lat":"x","battery":{"power_kw":[]}}""";
        var unknown = string.Concat(Enumerable.Range(0, 120).Select(number => $"\"a{number}\":1,"));
        foreach (var call in await CallsAsync(server))
        {
            var nested = string.Join(',', call.Schema.Fields.Select(field =>
                $"\"{field.Name}\":{(field is IObjectField ? wrong : "{}")}"));

            var answer = await SendAsync(server, call, Encoding.UTF8.GetBytes($"{{{unknown}{nested}}}"));

            answer.ShouldFail(HttpStatusCode.BadRequest, "a0_unknown");
        }
    }

    private static bool IsSuccess(ApiAnswer answer) => (int)answer.Status is >= 200 and < 300;

    private static async Task<ApiAnswer> SendAsync(TestServer server, Call call, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path) { Content = content };
        return await server.Api.SendAsync(request);
    }

    // Every endpoint with a body, at an object that exists.
    private static async Task<Call[]> CallsAsync(TestServer server)
    {
        var customer = (await server.Api.PostAsync("/customers", "{}")).Created();
        var location = await server.Api.CreateLocationAsync();
        var ids = new Dictionary<string, string>
        {
            ["customers"] = customer,
            ["locations"] = location,
            ["devices"] = await server.Api.CreateDeviceAsync(),
        };
        var known = new Dictionary<string, string>
        {
            ["location_id"] = $"\"{location}\"",
            ["customer_id"] = $"\"{customer}\"",
        };
        var calls =
            from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let body = endpoint.Metadata.GetMetadata<RequestSchema>()
            where body is not null
            let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
            select new Call(
                endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Single(),
                path.Replace("{id}", ids.GetValueOrDefault(path.Split('/')[1]), StringComparison.Ordinal),
                body.Schema, body.Patch, known);
        var found = calls.ToArray();
        Assert.True(found.Length >= 8, "Endpoints no longer declare their bodies.");
        return found;
    }

    private sealed record Call(
        string Method, string Path, BodySchema Schema, bool Patch, IReadOnlyDictionary<string, string> Known)
    {
        public BodyMaker NewMaker(int seed, bool wrong) => new(seed) { Patch = Patch, Known = Known, Wrong = wrong };

        public override string ToString() => $"{Method} {Path}";
    }
}
