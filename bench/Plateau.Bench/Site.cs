using System.Diagnostics;

namespace Plateau.Bench;

/// <summary>The server that is measured, as its executable starts it, on a store with a fleet.</summary>
internal sealed class Site : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "plateau.dll");

    private Site(string engine, BenchStore store, Fleet fleet, ServerProcess server, string token)
    {
        Engine = engine;
        Store = store;
        Fleet = fleet;
        Server = server;
        Token = token;
    }

    /// <summary><c>embedded</c> or <c>postgres</c>.</summary>
    public string Engine { get; }

    /// <summary>Its store.</summary>
    public BenchStore Store { get; }

    /// <summary>The fleet in it.</summary>
    public Fleet Fleet { get; }

    /// <summary>The server's process.</summary>
    public ServerProcess Server { get; }

    /// <summary>A bearer token of the fleet's account.</summary>
    public string Token { get; }

    /// <summary>Makes a store with a fleet and starts the server on it.</summary>
    /// <param name="engine"><c>embedded</c> or <c>postgres</c>.</param>
    /// <param name="devices">Size of the fleet.</param>
    /// <param name="options">Folder, port and cluster.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<Site> OpenAsync(
        string engine, int devices, BenchOptions options, CancellationToken cancel)
    {
        var cluster = engine == BenchOptions.Postgres ? options.PostgresConnection : null;
        var store = await BenchStore.CreateAsync(options.NewFolder(), cluster, cancel);
        try
        {
            var fleet = await store.FillAsync(devices, cancel);
            var address = BenchOptions.NewAddress();
            var server = await ServerProcess.StartAsync(
                "dotnet",
                [Program, "serve", "--urls", $"http://{address}",
                    .. store.Arguments],
                address, "/health/ready", cluster is null ? null : await PostgresProcesses.FindAsync(cluster, cancel),
                cancel);
            return new Site(engine, store, fleet, server, await server.SignInAsync(fleet, cancel));
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts what the server is measured against: <c>static</c>, a bare endpoint that sends a file's bytes, or
    /// <c>nothing</c>, the server with a store that keeps no record.
    /// </summary>
    /// <param name="mode">Which.</param>
    /// <param name="path">The file; the folder of the store.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task<ServerProcess> StartBesideAsync(string mode, string path, CancellationToken cancel)
    {
        var address = BenchOptions.NewAddress();
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The executable has no path.");
        return ServerProcess.StartAsync(
            program, ["server", mode, $"http://{address}", path], address, "/health/ready", null, cancel);
    }

    /// <summary>Runs another command of the executable on the store.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task RunCommandAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments, .. Store.Arguments])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("dotnet does not start.");
        await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Store.DisposeAsync();
    }
}
