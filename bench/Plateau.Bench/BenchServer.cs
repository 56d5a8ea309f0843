using Microsoft.Extensions.DependencyInjection.Extensions;
using Plateau.Contracts;
using Plateau.Server;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Bench;

/// <summary>The servers that are compared, each in a process of its own.</summary>
internal static class BenchServer
{
    /// <summary>The line a server writes once it listens.</summary>
    public const string Listening = "listening";

    /// <summary>Runs a server until its standard input ends, as it does when the comparison is gone.</summary>
    /// <param name="mode">
    /// <c>static</c>: a bare endpoint that sends a file's bytes; <c>embedded</c>, <c>postgres</c>: the whole server;
    /// <c>nothing</c>: the whole server with a store that keeps no record.
    /// </param>
    /// <param name="url">Where it listens.</param>
    /// <param name="rest">The file, or the server's settings as key and value in turn.</param>
    public static async Task<int> RunAsync(string mode, string url, string[] rest)
    {
        await using var app = mode switch
        {
            "static" => BuildBare(url, await File.ReadAllBytesAsync(rest[0])),
            "embedded" or "postgres" or "nothing" => BuildPlateau(
                url, rest.Chunk(2).ToDictionary(pair => pair[0], pair => (string?)pair[1]), mode == "nothing"),
            _ => throw new ArgumentException($"There is no server {mode}.", nameof(mode)),
        };
        await app.StartAsync();
        Console.WriteLine(Listening);
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    /// <summary>The whole server, as its executable builds it, without a log.</summary>
    public static WebApplication BuildPlateau(
        string url, IReadOnlyDictionary<string, string?> settings, bool keepsNothing)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.AddPlateau();
        if (keepsNothing)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IStateStore>(new Nothing()));
        }
        var app = builder.Build();
        app.MapPlateau();
        return app;
    }

    private static WebApplication BuildBare(string url, byte[] answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = answer.Length;
            return context.Response.Body.WriteAsync(answer, 0, answer.Length);
        });
        return app;
    }

    /// <summary>Keeps nothing: it shows what the rest of the pipeline costs.</summary>
    private sealed class Nothing : IStateStore
    {
        public Task<SubmissionOutcome[]> CommitAsync(
            IReadOnlyList<PendingRecord> batch, CancellationToken cancel) =>
            Task.FromResult<SubmissionOutcome[]>(
                [.. batch.Select(pending => new SubmissionOutcome(SubmissionResult.Kept, pending.Record))]);

        public Task<StateRecord?> FindLatestAsync(DeviceId device, CancellationToken cancel) =>
            Task.FromResult<StateRecord?>(null);

        public Task<int> EraseSomeAsync(DeviceId device, CancellationToken cancel) => Task.FromResult(0);
    }
}
