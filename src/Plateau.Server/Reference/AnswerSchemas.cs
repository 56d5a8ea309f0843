using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Plateau.Contracts;
using Plateau.Server.Http;

namespace Plateau.Server.Reference;

/// <summary>
/// Corrects the schemas of answers. Ids and instants are written by converters the generator cannot look into, which
/// members always appear follows from which may be null, and their ranges are those of the bodies they came in.
/// </summary>
internal sealed class AnswerSchemas(EndpointDataSource endpoints) : IOpenApiDocumentTransformer
{
    private static readonly string[] RequestSuffixes = ["", "Draft", "Submission"];
    private static readonly Dictionary<string, Type> WireTypes = typeof(Device).Assembly.GetExportedTypes()
        .Where(type => !type.IsGenericType).ToDictionary(type => type.Name, StringComparer.Ordinal);

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var requestNames = endpoints.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<RequestSchema>())
            .OfType<RequestSchema>().Select(RequestSchemas.NameOf).ToHashSet(StringComparer.Ordinal);
        var requests = endpoints.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<RequestSchema>()?.Schema)
            .OfType<BodySchema>().SelectMany(RequestSchemas.WithNested).DistinctBy(schema => schema.Name)
            .ToDictionary(schema => schema.Name, StringComparer.Ordinal);
        var schemas = document.Components!.Schemas!;
        foreach (var (name, found) in schemas)
        {
            if (found is not OpenApiSchema schema || requestNames.Contains(name))
            {
                continue;
            }
            if (name.StartsWith("ListPageOf", StringComparison.Ordinal))
            {
                schema.Required = schema.Properties!.Keys.ToHashSet(StringComparer.Ordinal);
            }
            else if (WireTypes.TryGetValue(name, out var type))
            {
                var ranges = RequestSuffixes.Select(suffix => requests.GetValueOrDefault(name + suffix))
                    .OfType<BodySchema>();
                Correct(schema, type, ranges.FirstOrDefault()?.Describe(), document);
            }
        }
        document.Components.Schemas = schemas.OrderBy(one => one.Key, StringComparer.Ordinal).ToDictionary();
        return Task.CompletedTask;
    }

    private static void Correct(OpenApiSchema schema, Type type, OpenApiSchema? ranges, OpenApiDocument document)
    {
        if (PrefixOf(type) is { } prefix)
        {
            schema.Type = JsonSchemaType.String;
            schema.Pattern = $"^{prefix}[0-9a-f]{{24}}$";
        }
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
        }
        if (schema.Properties is not { } members)
        {
            return;
        }
        schema.Required = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (!members.TryGetValue(name, out var member))
            {
                continue;
            }
            var nullable = IsNullable(property);
            var always = property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.Never;
            if (!nullable || always)
            {
                schema.Required.Add(name);
            }
            member = WithoutNull(member);
            CorrectValue(member, property.PropertyType, document);
            if (member is OpenApiSchema plain && ranges?.Properties?.TryGetValue(name, out var range) == true)
            {
                CopyRange(range, plain);
            }
            if (nullable && !always)
            {
                member.Description = SayAbsent(member.Description);
            }
            members[name] = nullable && always ? OrNull(member) : member;
        }
    }

    private static void CorrectValue(IOpenApiSchema member, Type type, OpenApiDocument document)
    {
        if (member is not OpenApiSchema schema)
        {
            return;
        }
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "date-time";
        }
        else if (type.IsGenericType && schema is { Type: JsonSchemaType.Array, Items: null })
        {
            schema.Items = new OpenApiSchemaReference(type.GetGenericArguments()[0].Name, document);
        }
    }

    private static void CopyRange(IOpenApiSchema range, OpenApiSchema member)
    {
        member.Minimum ??= range.Minimum;
        member.ExclusiveMinimum ??= range.ExclusiveMinimum;
        member.Maximum ??= range.Maximum;
        member.MinLength ??= range.MinLength;
        member.MaxLength ??= range.MaxLength;
        member.MaxItems ??= range.MaxItems;
        member.UniqueItems ??= range.UniqueItems;
        member.Enum ??= range.Enum;
    }

    private static IOpenApiSchema WithoutNull(IOpenApiSchema member)
    {
        if (member.OneOf is { Count: 2 } either && either.Any(one => one.Type == JsonSchemaType.Null))
        {
            return either.Single(one => one.Type != JsonSchemaType.Null);
        }
        if (member is OpenApiSchema schema)
        {
            schema.Type &= ~JsonSchemaType.Null;
        }
        return member;
    }

    private static IOpenApiSchema OrNull(IOpenApiSchema member)
    {
        if (member is OpenApiSchema schema)
        {
            schema.Type |= JsonSchemaType.Null;
            return schema;
        }
        return new OpenApiSchema { OneOf = [member, new OpenApiSchema { Type = JsonSchemaType.Null }] };
    }

    // What is null in .NET is left out on the wire.
    private static string? SayAbsent(string? description) => description?
        .Replace("; null ", "; absent ", StringComparison.Ordinal)
        .Replace("Null: ", "Absent: ", StringComparison.Ordinal)
        .Replace("Null means ", "Absent means ", StringComparison.Ordinal);

    private static bool IsNullable(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null
        || (!property.PropertyType.IsValueType
            && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable);

    /// <summary>The prefix of a typed id; null for other types.</summary>
    public static string? PrefixOf(Type type) => type.GetInterfaces().Any(one =>
        one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IObjectId<>))
            ? (string?)type.GetProperty("Prefix", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)
            : null;
}
