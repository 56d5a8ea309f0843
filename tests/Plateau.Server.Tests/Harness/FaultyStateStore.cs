using Plateau.Contracts;
using Plateau.Server.Telemetry;
using Plateau.Telemetry;

namespace Plateau.Server.Tests;

/// <summary>A store that fails every call the same way.</summary>
internal sealed class FaultyStateStore(Exception fault) : IStateStore
{
    public Task<SubmissionOutcome[]> CommitAsync(IReadOnlyList<PendingRecord> batch, CancellationToken cancel) =>
        Task.FromException<SubmissionOutcome[]>(fault);

    public Task<StateRecord?> FindLatestAsync(DeviceId device, CancellationToken cancel) =>
        Task.FromException<StateRecord?>(fault);

    public Task<int> EraseSomeAsync(DeviceId device, CancellationToken cancel) => Task.FromException<int>(fault);
}
