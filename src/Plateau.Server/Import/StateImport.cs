using System.Net;
using Plateau.Client;
using Plateau.Contracts;

namespace Plateau.Server.Import;

/// <summary>Sends the lines of a file to a server, many at once and in no order.</summary>
internal sealed class StateImport(PlateauClient client, ImportDevices devices, ImportSummary summary)
{
    private const int InFlight = 32;

    /// <summary>Sends every line, unless the server stops answering or the caller gives up: see the summary.</summary>
    public async Task RunAsync(StateFile file, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var options = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = stop.Token };
        try
        {
            await Parallel.ForEachAsync(file.ReadLines(), options, async (line, lineCancel) =>
            {
                summary.CountRead();
                try
                {
                    await SendAsync(line, lineCancel);
                }
                catch (PlateauException fault)
                {
                    summary.Stop(fault.Message);
                    await stop.CancelAsync();
                }
            });
            if (file.Fault is { } unreadable)
            {
                summary.Stop(unreadable);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            summary.Stop("The import was interrupted.");
        }
    }

    /// <summary>Whether a refusal is not about one line: every further line would meet it too.</summary>
    public static bool EndsImport(PlateauException refusal) => refusal is
        { Error: null } or { Status: HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests }
        or { Status: HttpStatusCode.ServiceUnavailable }
        or { Code: ErrorCodes.ScopeInsufficient or ErrorCodes.AccountDisabled };

    /// <summary>A refusal as the fault of a line.</summary>
    public static ImportFault ToFault(PlateauException refusal) =>
        new(refusal.Code ?? "unreadable_answer", refusal.Message);

    private async Task SendAsync(StateLine line, CancellationToken cancel)
    {
        if (line.Submission is not { } submission)
        {
            summary.CountRefused(line.Number, line.Fault!); // a line without a record has a fault
            return;
        }
        var device = await devices.FindAsync(line.DeviceReference, cancel);
        if (device.Id is not { } id)
        {
            summary.CountRefused(line.Number, device.Fault!); // no device means a fault
            return;
        }
        try
        {
            var answer = await client.DeviceStates.SubmitAsync(id, submission, cancel);
            summary.CountAccepted(answer.Replayed);
        }
        catch (PlateauException refusal) when (!EndsImport(refusal))
        {
            summary.CountRefused(line.Number, ToFault(refusal));
        }
    }
}
