using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Plateau.Client.Transport;

/// <summary>One call, in a form that can be sent more than once.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query below the base address, without a leading slash.</param>
/// <param name="SafeToRepeat">Whether a second arrival at the server changes nothing, the answer included.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path, bool SafeToRepeat)
{
    /// <summary>The body, in UTF-8; null without one.</summary>
    public byte[]? Body { get; init; }

    /// <summary>What the body is: JSON, or lines of it.</summary>
    public string MediaType { get; init; } = "application/json";

    /// <summary>Value of the header Idempotency-Key; null without it.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The last event that was read of a stream; null for none, and for calls that are no stream.</summary>
    public string? LastEventId { get; init; }

    public static ApiRequest Get(string path) => new(HttpMethod.Get, path, SafeToRepeat: true);

    // A second deletion would answer 404 for what the first one did.
    public static ApiRequest Delete(string path) => new(HttpMethod.Delete, path, SafeToRepeat: false);

    // A merge patch that arrives twice finds the second time what it asks for.
    public static ApiRequest Change(string path, byte[] mergePatch) =>
        new(HttpMethod.Patch, path, SafeToRepeat: true) { Body = mergePatch };

    public static ApiRequest Create<TDraft>(
        string path, TDraft draft, JsonTypeInfo<TDraft> type, string? idempotencyKey) =>
        Create(path, JsonSerializer.SerializeToUtf8Bytes(draft, type), idempotencyKey);

    public static ApiRequest Create(string path, byte[] body, string? idempotencyKey) =>
        new(HttpMethod.Post, path, SafeToRepeat: true)
        {
            Body = body,
            IdempotencyKey = idempotencyKey ?? IdempotencyKeys.New(),
        };
}

/// <summary>A successful answer.</summary>
/// <param name="Value">What the server answered.</param>
/// <param name="Replayed">Whether it is the answer to an earlier, equal call.</param>
internal readonly record struct ApiAnswer<T>(T Value, bool Replayed);
