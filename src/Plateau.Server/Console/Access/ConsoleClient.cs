using Microsoft.AspNetCore.Components.Authorization;
using Plateau.Client;

namespace Plateau.Server.WebConsole;

/// <summary>
/// The client through which the console reaches the API, as the visitor of one circuit or of one request, and inside
/// this process.
/// </summary>
internal sealed class ConsoleClient(InProcessServer server, AuthenticationStateProvider visitors) : IDisposable
{
    /// <summary>The name that requests from inside carry as their host.</summary>
    public static readonly Uri Address = new("http://localhost/");

    private HttpClient? _http;
    private PlateauClient? _client;

    /// <summary>Who looks at the console.</summary>
    /// <exception cref="InvalidOperationException">Nobody has signed in.</exception>
    public async Task<Visitor> VisitorAsync(CancellationToken cancel) =>
        ConsoleAccess.Read((await visitors.GetAuthenticationStateAsync().WaitAsync(cancel)).User)
        ?? throw new InvalidOperationException("Nobody has signed in.");

    /// <summary>The client, with the visitor's token.</summary>
    public async Task<PlateauClient> GetAsync(CancellationToken cancel)
    {
        if (_client is null)
        {
            var visitor = await VisitorAsync(cancel);
            _http ??= new HttpClient(new InProcessHandler(server, visitor: null))
            {
                Timeout = Timeout.InfiniteTimeSpan, // the server ends what takes too long
            };
            _client ??= Create(visitor.Token, _http);
        }
        return _client;
    }

    /// <summary>A client with a token.</summary>
    public static PlateauClient Create(string token, HttpClient http) =>
        new(
            new PlateauClientOptions
            {
                BaseAddress = Address,
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
