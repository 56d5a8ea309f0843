using Microsoft.OpenApi;
using Plateau.Server.Http;

namespace Plateau.Server.Reference;

/// <summary>Describes request bodies from what reads them, so that the reference cannot say otherwise.</summary>
internal static class RequestSchemas
{
    private const string Draft = "Draft";

    /// <summary>Name of a body among the components: a patch has fewer duties than the body it is a patch of.</summary>
    public static string NameOf(RequestSchema request) => request switch
    {
        { Patch: false } => request.Schema.Name,
        _ when request.Schema.Name.EndsWith(Draft, StringComparison.Ordinal) =>
            request.Schema.Name[..^Draft.Length] + "Patch",
        _ => request.Schema.Name + "Patch",
    };

    /// <summary>The form of a body.</summary>
    public static OpenApiSchema Describe(RequestSchema request)
    {
        var schema = request.Schema.Describe();
        if (request.Patch)
        {
            Loosen(schema, request.Schema);
            schema.Description = "A merge patch (RFC 7396): members not sent stay as they are, null removes.";
        }
        return schema;
    }

    /// <summary>The schemas inside a schema, and itself.</summary>
    public static IEnumerable<BodySchema> WithNested(BodySchema schema) =>
        schema.Fields.OfType<IObjectField>().SelectMany(field => WithNested(field.Schema)).Prepend(schema);

    private static void Loosen(OpenApiSchema schema, BodySchema body)
    {
        schema.Required = null;
        foreach (var field in body.Fields)
        {
            var member = (OpenApiSchema)schema.Properties![field.Name];
            if (field is IObjectField inner)
            {
                Loosen(member, inner.Schema);
            }
            if (!field.Required)
            {
                schema.Properties[field.Name] = OrNull(member);
            }
        }
    }

    private static OpenApiSchema OrNull(OpenApiSchema member)
    {
        if (member.Enum is not null)
        {
            var description = member.Description;
            member.Description = null;
            var nothing = new OpenApiSchema { Type = JsonSchemaType.Null };
            return new() { Description = description, OneOf = [member, nothing] };
        }
        member.Type |= JsonSchemaType.Null;
        return member;
    }
}
