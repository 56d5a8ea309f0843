using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>A body once read: the request, or why it is refused.</summary>
internal readonly record struct BodyResult<T>(T? Value, ApiError? Error) where T : class;

/// <summary>Reads request bodies: media type, length, encoding, then every fault of every member.</summary>
internal static class RequestBody
{
    /// <summary>Longest body of a call that takes one object, bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string Json = "application/json";
    private const string MergePatch = "application/merge-patch+json";

    /// <summary>415.</summary>
    public static ApiError NotJson => new(
        ErrorCodes.MediaTypeUnsupported,
        "The body must be sent as Content-Type: application/json.");

    /// <summary>Reads the body of a call that takes one object.</summary>
    public static async ValueTask<BodyResult<T>> ReadAsync<T>(
        HttpContext context, BodySchema<T> schema, CancellationToken cancel) where T : class
    {
        if (RefuseUnread(context.Request, patch: false) is { } refusal)
        {
            return new(null, refusal);
        }
        var reader = context.Request.BodyReader;
        var read = await ReadToEndAsync(reader, cancel);
        if (read.Buffer.Length > MaxBytes)
        {
            reader.AdvanceTo(read.Buffer.End);
            return new(null, TooLarge);
        }
        if (context.Request.Headers.ContainsKey("Idempotency-Key"))
        {
            context.Features.Set(new BodyHash(SHA256.HashData(read.Buffer.ToArray())));
        }
        try
        {
            return read.Buffer.IsSingleSegment
                ? Parse(schema, read.Buffer.FirstSpan)
                : Parse(schema, read.Buffer.ToArray());
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>Reads the bytes of a merge patch; what they say is checked against the schema by the caller.</summary>
    public static async ValueTask<BodyResult<byte[]>> ReadPatchAsync(HttpContext context, CancellationToken cancel)
    {
        if (RefuseUnread(context.Request, patch: true) is { } refusal)
        {
            return new(null, refusal);
        }
        var read = await ReadToEndAsync(context.Request.BodyReader, cancel);
        var bytes = read.Buffer.Length > MaxBytes ? null : read.Buffer.ToArray();
        context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        return new(bytes, bytes is null ? TooLarge : null);
    }

    /// <summary>The refusal of a body that need not be read for it; null when it is worth reading.</summary>
    public static ApiError? RefuseUnread(HttpRequest request, bool patch) =>
        !HasMediaType(request, patch) ? NotJson
        : request.ContentLength > MaxBytes ? TooLarge
        : null;

    /// <summary>Reads a body that is in memory.</summary>
    /// <param name="schema">What the body may be.</param>
    /// <param name="utf8">The body.</param>
    /// <param name="patch">Whether it is a merge patch, of which nothing is built.</param>
    public static BodyResult<T> Parse<T>(BodySchema<T> schema, ReadOnlySpan<byte> utf8, bool patch = false)
        where T : class
    {
        if (!Utf8.IsValid(utf8))
        {
            return new(null, JsonInvalid("The body is not UTF-8."));
        }
        var faults = new BodyFaults();
        try
        {
            var request = schema.Read(utf8, faults, patch);
            return faults.Any ? new(null, ApiError.BadInput(faults.Found)) : new(request, null);
        }
        catch (JsonException fault)
        {
            var place = fault.LineNumber is { } line ? $" (line {line + 1}, byte {fault.BytePositionInLine + 1})" : "";
            return new(null, JsonInvalid($"The body is not one well-formed JSON object{place}."));
        }
    }

    private static async ValueTask<ReadResult> ReadToEndAsync(PipeReader reader, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            if (read.IsCompleted || read.Buffer.Length > MaxBytes)
            {
                return read;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool HasMediaType(HttpRequest request, bool mergePatch)
    {
        var sent = request.ContentType;
        if (string.Equals(sent, Json, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }
        return MediaTypeHeaderValue.TryParse(sent, out var type)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            && (type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
                || (mergePatch && type.MediaType.Equals(MergePatch, StringComparison.OrdinalIgnoreCase)));
    }

    private static ApiError JsonInvalid(string message) => ApiError.BadInput("$", ErrorCodes.JsonInvalid, message);

    private static ApiError TooLarge => new(
        ErrorCodes.BodyTooLarge,
        $"The body is longer than the {MaxBytes} bytes this call takes.");
}
