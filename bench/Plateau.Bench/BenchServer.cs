using Microsoft.Extensions.DependencyInjection.Extensions;
using Plateau.Contracts;
using Plateau.Server;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Bench;

/// <summary>What the server is measured against, each in a process of its own.</summary>
internal static class BenchServer
{
    /// <summary>Runs a server until it is asked to end.</summary>
    /// <param name="mode">
    /// <c>static</c>: a bare endpoint that sends a file's bytes; <c>nothing</c>: the whole server with a store that
    /// keeps no record.
    /// </param>
    /// <param name="url">Where it listens.</param>
    /// <param name="path">The file; the folder of the store.</param>
    public static async Task<int> RunAsync(string mode, string url, string path)
    {
        await using var app = mode switch
        {
            "static" => BuildBare(url, await File.ReadAllBytesAsync(path)),
            "nothing" => BuildPlateau(
                url, new Dictionary<string, string?> { ["Plateau:Storage:DataDirectory"] = path }, keepsNothing: true),
            _ => throw new ArgumentException($"There is no server {mode}.", nameof(mode)),
        };
        await app.RunAsync();
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
