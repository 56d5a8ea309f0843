using Microsoft.Extensions.DependencyInjection.Extensions;
using Plateau.Contracts;
using Plateau.Server;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Bench;

/// <summary>The servers that are compared.</summary>
internal static class BenchServer
{
    /// <summary>Runs one until it is ended.</summary>
    /// <param name="mode">
    /// <c>static</c>: a bare endpoint that sends a file's bytes; <c>nothing</c>: the whole server with a store that keeps
    /// nothing; <c>plateau</c>: the whole server.
    /// </param>
    /// <param name="url">Where it listens.</param>
    /// <param name="rest">The file, or the store's settings as key and value in turn.</param>
    public static Task RunAsync(string mode, string url, string[] rest) =>
        mode == "static" ? BuildStatic(url, rest[0]).RunAsync() : BuildPlateau(url, Settings(rest), mode == "nothing").RunAsync();

    /// <summary>The whole server, as its executable builds it.</summary>
    public static WebApplication BuildPlateau(string url, Dictionary<string, string?> settings, bool keepsNothing)
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

    private static WebApplication BuildStatic(string url, string file)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        var bytes = File.ReadAllBytes(file);
        app.Run(context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = bytes.Length;
            return context.Response.Body.WriteAsync(bytes, 0, bytes.Length);
        });
        return app;
    }

    private static Dictionary<string, string?> Settings(string[] pairs) =>
        pairs.Chunk(2).ToDictionary(pair => pair[0], pair => (string?)pair[1]);

    /// <summary>Keeps nothing: what the rest of the pipeline costs.</summary>
    private sealed class Nothing : IStateStore
    {
        public Task<SubmissionOutcome[]> CommitAsync(
            IReadOnlyList<PendingRecord> batch, bool writtenBefore, CancellationToken cancel) =>
            Task.FromResult<SubmissionOutcome[]>(
                [.. batch.Select(pending => new SubmissionOutcome(SubmissionResult.Kept, pending.Record))]);

        public Task<StateRecord?> FindLatestAsync(DeviceId device, CancellationToken cancel) =>
            Task.FromResult<StateRecord?>(null);

        public Task<int> EraseSomeAsync(DeviceId device, CancellationToken cancel) => Task.FromResult(0);
    }
}
