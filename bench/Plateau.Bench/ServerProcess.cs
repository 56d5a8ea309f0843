using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Bench;

/// <summary>A server under test, running in a process of its own until it is disposed of.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>CPU time it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts this executable again as a server, and returns once it listens.</summary>
    /// <param name="mode">Which server; see <see cref="BenchServer.RunAsync"/>.</param>
    /// <param name="port">Its port on the loopback address.</param>
    /// <param name="rest">What the mode wants besides.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public static async Task<ServerProcess> StartAsync(
        string mode, int port, IEnumerable<string> rest, CancellationToken cancel)
    {
        var address = new IPEndPoint(IPAddress.Loopback, port);
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The executable has no path.");
        var process = Process.Start(new ProcessStartInfo(program, ["server", mode, $"http://{address}", .. rest])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException($"{program} does not start.");
        var server = new ServerProcess(process, address);
        if (await process.StandardOutput.ReadLineAsync(cancel) != BenchServer.Listening)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The server {mode} ended before it listened on {address}.");
        }
        return server;
    }

    /// <summary>Signs in and answers the bearer token.</summary>
    public async Task<string> SignInAsync(Fleet fleet, CancellationToken cancel)
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{fleet.Account}:{fleet.Secret}"));
        var answer = await GetAsync("/login", new("Basic", credentials), cancel);
        return JsonSerializer.Deserialize(answer, ContractsJsonContext.Default.AccessToken)?.BearerToken
            ?? throw new InvalidOperationException("Signing in gave no token.");
    }

    /// <summary>The bytes of one answer, which must be a success.</summary>
    public async Task<byte[]> GetAsync(string path, AuthenticationHeaderValue? authorization, CancellationToken cancel)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = authorization;
        return await http.GetByteArrayAsync(new Uri($"http://{Address}{path}"), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
