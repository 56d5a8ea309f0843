using System.Net.Sockets;
using System.Text;

namespace Plateau.Server.Tests;

/// <summary>Requests that no HTTP client would send.</summary>
internal static class RawRequest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Sends bytes as they are, with the server's caller signed in, and reads until the server hangs up.
    /// </summary>
    public static async Task<string> SendAsync(TestServer server, string line, string headers, string body)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(server.BaseAddress.Host, server.BaseAddress.Port, limit.Token);
        var token = server.Api.Http.DefaultRequestHeaders.Authorization;
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                $"{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n"
                + $"Connection: close\r\n{headers}\r\n{body}"),
            limit.Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync(limit.Token);
    }
}
