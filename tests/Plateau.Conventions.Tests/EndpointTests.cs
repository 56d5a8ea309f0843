using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Plateau.Contracts;
using Plateau.Server.Http;
using Plateau.Server.Tests;

namespace Plateau.Conventions.Tests;

/// <summary>What every endpoint declares of itself.</summary>
public sealed class EndpointTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private IEnumerable<RouteEndpoint> Endpoints => fixture.Endpoints;

    private IEnumerable<RouteEndpoint> Described =>
        Endpoints.Where(one => one.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null);

    [Fact]
    public void There_are_endpoints() => Assert.NotEmpty(Described);

    [Fact]
    public void Endpoints_have_a_name() => Offenders.ShouldBeNone(
        Described.Where(one => one.Metadata.GetMetadata<IEndpointNameMetadata>() is null).Select(Print),
        "Add .WithName(\"DeviceGet\"): it is the operation's id and names the call in errors. A page for people may "
        + "use .ExcludeFromDescription() instead.");

    [Fact]
    public void Endpoints_have_a_tag() => Offenders.ShouldBeNone(
        Endpoints.Where(one => one.Metadata.GetMetadata<ITagsMetadata>() is null).Select(Print),
        "Add .WithTags(\"Devices\") to the endpoint or to its group.");

    [Fact]
    public void Endpoints_are_authorised_or_marked_as_anonymous() => Offenders.ShouldBeNone(
        Endpoints.Where(one => one.Metadata.GetMetadata<IAllowAnonymous>() is null
            && one.Metadata.GetMetadata<IAuthorizeData>()?.Policy is null).Select(Print),
        "Add .RequireAuthorization(Scopes.…), or .AllowAnonymous() where everybody may call.");

    [Fact]
    public void Wire_types_are_in_the_json_context() => Offenders.ShouldBeNone(
        from endpoint in Endpoints
        from type in endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(one => one.Type)
            .Concat(endpoint.Metadata.OfType<RequestSchema>().Select(
                one => (Type?)one.Schema.GetType().GetGenericArguments()[0]))
        where type is not null && type != typeof(void) && ContractsJsonContext.Default.GetTypeInfo(type) is null
        select $"{Print(endpoint)}: {type}",
        "Add [JsonSerializable(typeof(…))] to ContractsJsonContext.");

    [Fact]
    public void Codes_that_endpoints_declare_are_in_the_catalog() => Offenders.ShouldBeNone(
        from endpoint in Endpoints
        from code in endpoint.Metadata.OfType<FailureCodes>().SelectMany(one => one.Codes)
        where ErrorCatalog.Cases.All(one => one.Code != code)
        select $"{Print(endpoint)}: {code}",
        "Add the code to ErrorCodes and, with its status and a sentence, to ErrorCatalog.");

    [Fact]
    public void Every_code_is_in_the_catalog_and_nothing_else_is()
    {
        var constants = typeof(ErrorCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        Offenders.ShouldBeNone(
            constants.Except(ErrorCatalog.Cases.Select(one => one.Code)),
            "Add the code with its status and a sentence to ErrorCatalog.");
        Offenders.ShouldBeNone(
            ErrorCatalog.Cases.Select(one => one.Code).Except(constants),
            "Add the code as a constant to ErrorCodes: clients compare with it.");
    }

    [Fact]
    public void Operations_of_the_document_are_the_endpoints()
    {
        var ids = fixture.Document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject()).Select(one => one.Value!["operationId"]?.GetValue<string>());
        var names = Described.Select(one => one.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName);
        Assert.Equal(names.Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
    }

    internal static string Print(RouteEndpoint endpoint) =>
        string.Join(' ', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
        + " " + endpoint.RoutePattern.RawText;
}

/// <summary>One server for the tests of a class.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!; // set before any test runs

    internal IReadOnlyList<RouteEndpoint> Endpoints { get; private set; } = [];

    internal string DocumentText { get; private set; } = "";

    internal System.Text.Json.Nodes.JsonNode Document => System.Text.Json.Nodes.JsonNode.Parse(DocumentText)!;

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync(Store.Embedded);
        Endpoints = [.. Server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>().Distinct()];
        DocumentText = (await Server.Anonymous().GetAsync("/openapi.json")).Text;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
