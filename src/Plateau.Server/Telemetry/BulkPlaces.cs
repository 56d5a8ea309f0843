using Microsoft.Extensions.Options;

namespace Plateau.Server.Telemetry;

/// <summary>Bounds what takes memory or the store for long: how many of each there are at once.</summary>
internal sealed class BulkPlaces(IOptions<TelemetryOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _batches = new(options.Value.MaxBatches);
    private readonly SemaphoreSlim _streams = new(options.Value.MaxStreams);
    private readonly SemaphoreSlim _imports = new(options.Value.MaxImports);
    private readonly SemaphoreSlim _exports = new(options.Value.MaxExports);

    /// <summary>A place for a batch, to be given back; null when all are taken.</summary>
    public IDisposable? TryTakeBatch() => TryTake(_batches);

    /// <summary>A place for a stream, to be given back; null when all are taken.</summary>
    public IDisposable? TryTakeStream() => TryTake(_streams);

    /// <summary>A place for an import of states or devices, to be given back; null when all are taken.</summary>
    public IDisposable? TryTakeImport() => TryTake(_imports);

    /// <summary>A place for an export, to be given back; null when all are taken.</summary>
    public IDisposable? TryTakeExport() => TryTake(_exports);

    public void Dispose()
    {
        _batches.Dispose();
        _imports.Dispose();
        _exports.Dispose();
        _streams.Dispose();
    }

    private static Place? TryTake(SemaphoreSlim places) => places.Wait(0) ? new Place(places) : null;

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
