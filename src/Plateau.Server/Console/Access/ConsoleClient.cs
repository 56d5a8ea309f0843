using Microsoft.AspNetCore.Components.Authorization;
using Plateau.Client;

namespace Plateau.Server.WebConsole;

/// <summary>
/// The client through which the console reaches the API, as the visitor of one circuit or of one request, and inside
/// this process.
/// </summary>
internal sealed class ConsoleClient(InProcessServer server, AuthenticationStateProvider visitors) : IDisposable
{
    private HttpClient? _http;
    private PlateauClient? _client;

    /// <summary>Who looks at the console.</summary>
    /// <exception cref="InvalidOperationException">Nobody has signed in.</exception>
    public async Task<Visitor> VisitorAsync(CancellationToken cancel) =>
        ConsoleAccess.Require((await visitors.GetAuthenticationStateAsync().WaitAsync(cancel)).User);

    /// <summary>The client, with the visitor's token.</summary>
    public async Task<PlateauClient> GetAsync(CancellationToken cancel)
    {
        if (_client is null)
        {
            var visitor = await VisitorAsync(cancel);
            _http ??= InProcessHandler.NewClient(server, visitor: null);
            _client ??= Create(visitor.Token, _http);
        }
        return _client;
    }

    /// <summary>A client with a token.</summary>
    public static PlateauClient Create(string token, HttpClient http) =>
        new(
            new PlateauClientOptions
            {
                BaseAddress = InProcessHandler.Address,
                BearerToken = token,
                // A visitor rather reads what is wrong, and tries again when it suits.
                MaxAttempts = 2,
                MaxTotalWait = TimeSpan.FromSeconds(2),
            },
            http);

    public void Dispose()
    {
        _client?.Dispose();
        _http?.Dispose();
    }
}
