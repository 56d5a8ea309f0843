using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Plateau.Server.Http;

/// <summary>Lines of JSON.</summary>
internal static class Ndjson
{
    /// <summary>Their media type.</summary>
    public const string MediaType = "application/x-ndjson";
}

/// <summary>
/// Answers in lines of JSON. What a line says must be durable before it is written, since it may be sent at any time.
/// </summary>
internal sealed class NdjsonWriter(HttpResponse response)
{
    private const int FlushAtBytes = 64 * 1024;

    /// <summary>Writes a line and sends it, with all before it.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public Task WriteAsync<T>(T line, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        Write(line, type);
        return FlushAsync(cancel);
    }

    /// <summary>Writes a line, to be sent with the next flush; flush before much has gathered.</summary>
    public void Write<T>(T line, JsonTypeInfo<T> type)
    {
        SetMediaType();
        using (var json = new Utf8JsonWriter(response.BodyWriter, WireJson.Writer))
        {
            JsonSerializer.Serialize(json, line, type);
        }
        response.BodyWriter.Write("\n"u8);
    }

    /// <summary>Writes a line, and sends it with others when some have gathered.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public ValueTask AddAsync<T>(T line, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        Write(line, type);
        return FlushSomeAsync(cancel);
    }

    /// <summary>Writes a line that is JSON already, and sends it with others when some have gathered.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public ValueTask AddAsync(ReadOnlySpan<byte> json, CancellationToken cancel)
    {
        SetMediaType();
        response.BodyWriter.Write(json);
        response.BodyWriter.Write("\n"u8);
        return FlushSomeAsync(cancel);
    }

    /// <summary>Sends the lines, and waits while the caller reads more slowly than they are written.</summary>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task FlushAsync(CancellationToken cancel)
    {
        var flushed = await response.BodyWriter.FlushAsync(cancel);
        if (flushed.IsCompleted)
        {
            throw new OperationCanceledException("The caller has gone.", cancel);
        }
    }

    private ValueTask FlushSomeAsync(CancellationToken cancel) =>
        response.BodyWriter.UnflushedBytes > FlushAtBytes ? new(FlushAsync(cancel)) : ValueTask.CompletedTask;

    private void SetMediaType()
    {
        if (!response.HasStarted)
        {
            response.ContentType = Ndjson.MediaType;
        }
    }
}
