using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Plateau.Server.Http;
using Plateau.Server.Tests;

namespace Plateau.Conventions.Tests;

/// <summary>Every endpoint with a body is strict; what its members may be is taken from its own schema.</summary>
public sealed class BodyTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string UnknownMember = "surely_not_a_member";

    private IEnumerable<RouteEndpoint> Endpoints =>
        fixture.Endpoints.Where(one => one.Metadata.GetMetadata<RequestSchema>() is not null);

    [Fact]
    public void Endpoints_that_change_something_declare_their_body() => Offenders.ShouldBeNone(
        // Pages for people take forms.
        fixture.Endpoints.Where(one => one.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
            && MethodOf(one) is "POST" or "PUT" or "PATCH"
            && one.Metadata.GetMetadata<RequestSchema>() is null
            && one.Metadata.GetMetadata<ManyRequest>() is null
            && one.RoutePattern.RawText != "/auth/tokens").Select(EndpointTests.Print),
        "Add .Takes(Body.Schema), or name the route in this test when it takes no body.");

    [Fact]
    public async Task Unknown_members_are_refused()
    {
        var offenders = new List<string>();
        foreach (var endpoint in Endpoints)
        {
            var faults = await SendAsync(endpoint, new JsonObject { [UnknownMember] = 1 });
            if (!faults.Contains(("$." + UnknownMember, UnknownMember + "_unknown")))
            {
                offenders.Add(EndpointTests.Print(endpoint));
            }
        }
        Offenders.ShouldBeNone(
            offenders,
            "Read the body with RequestBody.ReadAsync or ReadPatchAsync, which refuse what they do not know.");
    }

    [Fact]
    public async Task Values_out_of_range_are_refused_and_values_at_its_ends_are_not()
    {
        var offenders = new List<string>();
        var tried = 0;
        foreach (var endpoint in Endpoints)
        {
            foreach (var member in Members(endpoint.Metadata.GetMetadata<RequestSchema>()!.Schema, []))
            {
                var path = "$." + string.Join('.', member.Path);
                var code = member.Path[^1] + "_invalid";
                foreach (var (value, isRight) in Samples(member.Schema))
                {
                    tried++;
                    var faults = await SendAsync(endpoint, Wrap(member.Path, value));
                    var isRefused = faults.Any(
                        fault => fault.Path.StartsWith(path, StringComparison.Ordinal) && fault.Code == code);
                    if (isRefused == isRight)
                    {
                        offenders.Add($"{EndpointTests.Print(endpoint)}: {path} = {value?.ToJsonString()}");
                    }
                }
            }
        }
        Offenders.ShouldBeNone(
            offenders, "The field's Describe and its Read do not agree; make both say the same range.");
        Assert.True(tried > 100, $"Only {tried} values were tried.");
    }

    private async Task<HashSet<(string Path, string Code)>> SendAsync(RouteEndpoint endpoint, JsonObject body)
    {
        var path = endpoint.RoutePattern.RawText!.TrimEnd('/');
        if (path.Contains("{id}", StringComparison.Ordinal))
        {
            path = path.Replace("{id}", await IdForAsync(path), StringComparison.Ordinal);
        }
        var answer = await fixture.Server.Api.SendAsync(
            ApiClient.WithBody(new HttpMethod(MethodOf(endpoint)), path, body.ToJsonString()));
        Assert.True((int)answer.Status < 500, $"{path} with {body.ToJsonString()} answered {answer.Text}");
        return answer.Status == HttpStatusCode.BadRequest
            ? [.. answer.Body["errors"]!.AsArray().Select(
                one => (one!["path"]!.GetValue<string>(), one["code"]!.GetValue<string>()))]
            : [];
    }

    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    // A body is looked at only where the object of the path exists.
    private async Task<string> IdForAsync(string path)
    {
        var kind = path.Split('/')[1];
        if (!_ids.TryGetValue(kind, out var id))
        {
            var api = fixture.Server.Api;
            id = kind switch
            {
                "devices" => await api.CreateDeviceAsync(),
                "locations" => await api.CreateLocationAsync(),
                "customers" => (await api.PostAsync("/customers", "{}")).Created(),
                _ => throw new InvalidOperationException($"Make an object of {kind} here, for the path {path}."),
            };
            _ids.Add(kind, id);
        }
        return id;
    }

    private static string MethodOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Single() ?? "";

    private static IEnumerable<(string[] Path, OpenApiSchema Schema)> Members(BodySchema schema, string[] parents) =>
        schema.Fields.SelectMany(field => field is IObjectField inner
            ? Members(inner.Schema, [.. parents, field.Name]).Append(([.. parents, field.Name], field.Describe()))
            : [([.. parents, field.Name], field.Describe())]);

    private static IEnumerable<(JsonNode? Value, bool IsRight)> Samples(OpenApiSchema schema)
    {
        switch (schema.Type)
        {
            case JsonSchemaType.Number:
                return Numbers(schema);
            case JsonSchemaType.Integer:
                return
                [
                    .. schema.Enum!.Select(one => ((JsonNode?)one!.DeepClone(), true)),
                    (2, false), (0, false), (1.5, false),
                ];
            case JsonSchemaType.Boolean:
                return [(true, true), ("true", false), (1, false)];
            case JsonSchemaType.Array:
                return
                [
                    (new JsonArray(), true), ("x", false), (new JsonArray("x"), false),
                    (TooMany(schema.MaxItems!.Value), false),
                ];
            case JsonSchemaType.Object:
                return [("x", false), (1, false), (new JsonArray(), false)];
            default:
                return Texts(schema);
        }
    }

    private static IEnumerable<(JsonNode? Value, bool IsRight)> Numbers(OpenApiSchema schema)
    {
        var least = double.Parse(schema.Minimum ?? schema.ExclusiveMinimum!, CultureInfo.InvariantCulture);
        var most = double.Parse(schema.Maximum!, CultureInfo.InvariantCulture);
        return
        [
            (least, schema.Minimum is not null), (Math.BitDecrement(least), false), (most, true),
            (Math.BitIncrement(most), false), ("1", false), (JsonNode.Parse("1e400"), false),
        ];
    }

    private static IEnumerable<(JsonNode? Value, bool IsRight)> Texts(OpenApiSchema schema)
    {
        yield return (1, false);
        yield return ("a\u0007b", false);
        if (schema.Enum is { } choices)
        {
            yield return (choices[0]!.DeepClone(), true);
            yield return ("surely_not_a_choice", false);
        }
        else if (schema.Format == "date-time")
        {
            yield return ("2024-01-01T00:00:00Z", true);
            yield return ("2024-01-01", false);
        }
        else if (schema.Pattern is not null)
        {
            yield return ("abc_000000000000000000000001", true);
            yield return ("0001", false);
        }
        else if (schema.Examples is [{ } example, ..])
        {
            yield return (example.DeepClone(), true);
            yield return ("surely not one", false);
        }
        else
        {
            var most = schema.MaxLength!.Value;
            yield return (string.Concat(Enumerable.Repeat("🔋", most)), true);
            yield return (new string('x', most + 1), false);
        }
        if (schema.MinLength is { } least)
        {
            yield return (new string('x', least - 1), false);
        }
    }

    private static JsonArray TooMany(int most) =>
        [.. Enumerable.Range(0, most + 1).Select(one => (JsonNode)$"loc_{one:x24}")];

    private static JsonObject Wrap(string[] path, JsonNode? value)
    {
        var body = new JsonObject { [path[^1]] = value };
        foreach (var parent in path[..^1].Reverse())
        {
            body = new JsonObject { [parent] = body };
        }
        return body;
    }
}
