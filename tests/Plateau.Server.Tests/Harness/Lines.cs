using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests;

/// <summary>Bodies and answers of JSON lines.</summary>
internal static class Lines
{
    private const string MediaType = "application/x-ndjson";

    /// <summary>Sends lines and reads the answer's.</summary>
    public static async Task<JsonNode[]> PostLinesAsync(
        this ApiClient api, string path, string body, bool gzip = false)
    {
        var answer = await api.SendAsync(Post(path, Encoding.UTF8.GetBytes(body), gzip));
        Assert.True(answer.Status == System.Net.HttpStatusCode.OK, answer.Text);
        Assert.Equal(MediaType, answer.ContentHeaders.ContentType?.MediaType);
        Assert.EndsWith("\n", answer.Text, StringComparison.Ordinal);
        return [.. answer.Text.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];
    }

    /// <summary>A request with a body of lines.</summary>
    public static HttpRequestMessage Post(string path, byte[] body, bool gzip) =>
        Packed(path, gzip ? Pack(body) : body, gzip);

    /// <summary>A request with a body of lines that is packed already, or not packed.</summary>
    public static HttpRequestMessage Packed(string path, byte[] body, bool gzip)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        if (gzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }
        return request;
    }

    public static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return packed.ToArray();
    }
}

/// <summary>A request that is still being sent while its answer is read, which no HTTP client does.</summary>
internal sealed class OpenRequest : IDisposable
{
    private readonly TcpClient _client = new();
    private StreamReader? _answer;

    private OpenRequest()
    {
    }

    public static async Task<OpenRequest> StartAsync(TestServer server, string path)
    {
        var request = new OpenRequest();
        await request._client.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port);
        request._answer = new StreamReader(request._client.GetStream(), Encoding.UTF8);
        await request.WriteAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
            + $"Authorization: {server.Api.Http.DefaultRequestHeaders.Authorization}\r\n"
            + "Content-Type: application/x-ndjson\r\n\r\n");
        return request;
    }

    /// <summary>Sends some of the body.</summary>
    public Task SendAsync(string text) => WriteAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");

    /// <summary>Ends the body.</summary>
    public Task EndAsync() => WriteAsync("0\r\n\r\n");

    /// <summary>The next line of the answer; null at its end.</summary>
    public async Task<JsonNode?> ReadAsync()
    {
        while (await _answer!.ReadLineAsync(TestContext.Current.CancellationToken) is { } line) // set at the start
        {
            // Between them are the answer's head and the lengths of its chunks.
            if (line.StartsWith('{'))
            {
                return JsonNode.Parse(line);
            }
        }
        return null;
    }

    /// <summary>Hangs up.</summary>
    public void Dispose()
    {
        _client.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Dispose();
    }

    private Task WriteAsync(string text) =>
        _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask();
}
