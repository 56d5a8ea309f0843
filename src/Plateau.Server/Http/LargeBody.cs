using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Plateau.Contracts;

namespace Plateau.Server.Http;

/// <summary>
/// A body of a call that takes many objects at once, in pooled memory: plain or gzip, up to a limit of its unpacked
/// length.
/// </summary>
internal sealed class LargeBody : IDisposable
{
    private const int FirstCapacity = 256 * 1024;
    private const string Gzip = "gzip";

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstCapacity);
    private int _length;

    private LargeBody()
    {
    }

    /// <summary>The unpacked bytes.</summary>
    public ReadOnlySpan<byte> Utf8 => _bytes.AsSpan(0, _length);

    /// <summary>Why a body of another media type or encoding is refused; null when it is worth reading.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mediaType">The media type the call takes.</param>
    public static ApiError? RefuseUnread(HttpRequest request, string mediaType)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            return new(ErrorCodes.MediaTypeUnsupported, $"The body must be sent as Content-Type: {mediaType}.");
        }
        return request.Headers.ContentEncoding is [] or ["identity"] || IsGzip(request)
            ? null
            : new(ErrorCodes.MediaTypeUnsupported, "The body may be sent plain or as Content-Encoding: gzip only.");
    }

    /// <summary>The body unpacked, to be read as it comes.</summary>
    /// <param name="context">The request, which is worth reading.</param>
    /// <param name="maxBytes">The greatest length as it is sent; null for any.</param>
    public static Stream Open(HttpContext context, long? maxBytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes;
        }
        return IsGzip(context.Request)
            ? new WholeGzipStream(context.Request.Body)
            : context.Request.Body;
    }

    /// <summary>Reads a whole JSON body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="maxBytes">The greatest length unpacked.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The body, to be disposed of, or why it is refused.</returns>
    public static async Task<(LargeBody? Body, ApiError? Error)> ReadAsync(
        HttpContext context, int maxBytes, CancellationToken cancel)
    {
        if (RefuseUnread(context.Request, "application/json") is { } refusal)
        {
            return (null, refusal);
        }
        var body = new LargeBody();
        try
        {
            // Somewhat more than is taken is read to its end, so that the answer is not lost with the connection.
            await using var stream = Open(context, 2L * maxBytes);
            if (await body.FillAsync(stream, maxBytes, cancel))
            {
                return (body, null);
            }
            refusal = new(
                ErrorCodes.BodyTooLarge, $"The body is longer than the {maxBytes} bytes this call takes, unpacked.");
        }
        catch (InvalidDataException)
        {
            refusal = ApiError.BadInput("$", ErrorCodes.JsonInvalid, "The body is not well-formed gzip.");
        }
        catch
        {
            body.Dispose();
            throw;
        }
        body.Dispose();
        return (null, refusal);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private static bool IsGzip(HttpRequest request) =>
        request.Headers.ContentEncoding is [{ } encoding] && encoding.Equals(Gzip, StringComparison.OrdinalIgnoreCase);

    private async Task<bool> FillAsync(Stream stream, int maxBytes, CancellationToken cancel)
    {
        while (true)
        {
            if (_length == _bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
                Utf8.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }
            var read = await stream.ReadAsync(_bytes.AsMemory(_length), cancel);
            if (read == 0)
            {
                return true;
            }
            _length += read;
            if (_length > maxBytes)
            {
                return false;
            }
        }
    }
}
