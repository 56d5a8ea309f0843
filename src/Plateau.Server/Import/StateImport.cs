using System.Net;
using Plateau.Client;
using Plateau.Contracts;
using Plateau.Server.Commands;

namespace Plateau.Server.Import;

/// <summary>
/// Sends the lines of files to a server, batch after batch in their order, so that of two records that exclude each
/// other the first is kept. While one batch is on its way the next is read.
/// </summary>
/// <param name="devices">The devices that files name.</param>
/// <param name="client">The way to the server.</param>
/// <param name="summary">Counts.</param>
/// <param name="rejects">Where refused lines are written; null for nowhere.</param>
internal sealed class StateImport(
    PlateauClient client, ImportDevices devices, ImportSummary summary, RejectsFile? rejects)
{
    private const int BatchLines = 5_000;

    // What is on its way when the user gives up is waited for, so that the counts are true.
    private static readonly TimeSpan LastAnswer = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Sends every line, unless the server stops answering, refused lines cannot be written, or the caller gives up:
    /// see the summary.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<StateFile> files, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource();
        await using var givingUp = cancel.Register(() => patience.CancelAfter(LastAnswer));
        try
        {
            foreach (var file in files)
            {
                await SendAsync(file, patience.Token, cancel);
            }
        }
        catch (Exception fault) when (fault is PlateauException or CommandFailure)
        {
            summary.Stop(fault.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            summary.Stop("The import was interrupted.");
        }
    }

    /// <summary>Reads every line and sends none.</summary>
    public static async Task TryAsync(
        IReadOnlyList<StateFile> files, ImportSummary summary, RejectsFile? rejects, CancellationToken cancel)
    {
        try
        {
            foreach (var file in files)
            {
                await foreach (var lines in file.ReadAsync(cancel).Chunk(BatchLines).WithCancellation(cancel))
                {
                    var faults = Array.ConvertAll(lines, line => line.Fault);
                    summary.CountRead(lines.Length);
                    summary.CountGood(faults.Count(fault => fault is null));
                    Refuse(file, lines, faults, summary, rejects);
                }
                StopAtFault(file, summary);
            }
        }
        catch (CommandFailure fault)
        {
            summary.Stop(fault.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            summary.Stop("The dry run was interrupted.");
        }
    }

    /// <summary>Whether a refusal is not about one device: every further call would meet it too.</summary>
    public static bool EndsImport(PlateauException refusal) => refusal is
        { Error: null } or { Status: HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests }
        or { Status: >= HttpStatusCode.InternalServerError }
        or { Code: ErrorCodes.ScopeInsufficient or ErrorCodes.AccountDisabled };

    /// <summary>A refusal as the fault of a line.</summary>
    public static ImportFault ToFault(PlateauException refusal) =>
        new(refusal.Code ?? "unreadable_answer", refusal.Message);

    private async Task SendAsync(StateFile file, CancellationToken patience, CancellationToken cancel)
    {
        var sending = Task.CompletedTask;
        try
        {
            await foreach (var lines in file.ReadAsync(cancel).Chunk(BatchLines).WithCancellation(cancel))
            {
                await sending;
                cancel.ThrowIfCancellationRequested();
                summary.CountRead(lines.Length);
                sending = SendAsync(file, lines, patience);
            }
        }
        finally
        {
            await sending;
        }
        StopAtFault(file, summary);
    }

    private async Task SendAsync(StateFile file, StateLine[] lines, CancellationToken cancel)
    {
        var faults = new ImportFault?[lines.Length];
        var items = new List<DeviceStateBatchItem>(lines.Length);
        var places = new List<int>(lines.Length);
        for (var place = 0; place < lines.Length; place++)
        {
            faults[place] = lines[place].Fault;
            if (lines[place] is { Fault: null, Submission: { } submission })
            {
                var device = await devices.FindAsync(lines[place].Device, cancel);
                faults[place] = device.Fault;
                if (device.Id is { } id)
                {
                    Add(place, id, submission, lines[place].Location ?? device.OnlyLocation);
                }
            }
        }
        if (items.Count > 0)
        {
            var answer = await client.DeviceStates.SubmitBatchAsync(items, cancel);
            summary.CountDurable(answer.RecordsAccepted, answer.RecordsReplayed);
            foreach (var failed in answer.FailedRecords)
            {
                faults[places[(int)failed.RecordNum]] = new ImportFault(failed.Code, failed.Message);
            }
        }
        Refuse(file, lines, faults, summary, rejects);

        void Add(int place, DeviceId id, DeviceStateSubmission submission, LocationId? location)
        {
            if (location is not { } where)
            {
                faults[place] = new ImportFault(
                    "location_id_missing", "Neither the line nor --location tells the location, and the device is not "
                    + "placed at one alone.");
                return;
            }
            places.Add(place);
            items.Add(new DeviceStateBatchItem
            {
                DeviceId = id,
                LocationId = where,
                Time = submission.Time,
                StateOfChargePercent = submission.StateOfChargePercent,
                TargetStateOfChargePercent = submission.TargetStateOfChargePercent,
                BatteryPowerKw = submission.BatteryPowerKw,
                EnergyRemainingKwh = submission.EnergyRemainingKwh,
                BackupReservePercent = submission.BackupReservePercent,
                RecordReferenceId = submission.RecordReferenceId,
            });
        }
    }

    // Counts them all before it writes any, so that the counts are true where that fails.
    private static void Refuse(
        StateFile file, StateLine[] lines, ImportFault?[] faults, ImportSummary summary, RejectsFile? rejects)
    {
        foreach (var (line, told) in lines.Zip(faults))
        {
            if (told is { } fault)
            {
                summary.CountRefused(file.Name, line.Source.Number, fault);
                rejects?.Add(file, line, fault);
            }
        }
        rejects?.Write();
    }

    private static void StopAtFault(StateFile file, ImportSummary summary)
    {
        if (file.Fault is { } fault)
        {
            summary.Stop($"{file.Name}: {fault}");
        }
    }
}
