using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Access;
using Plateau.Server.Http;
using Plateau.Server.Locations;
using Plateau.Server.Storage;

namespace Plateau.Server.Devices;

/// <summary>A line of an import, and what becomes of it.</summary>
internal sealed class DeviceImportItem(long line)
{
    /// <summary>Its place in the body, from 1.</summary>
    public long Line { get; } = line;

    /// <summary>The device it asks for; null when it is refused unread.</summary>
    public DeviceDraft? Draft { get; init; }

    /// <summary>The id of that device, whether or not it is created.</summary>
    public DeviceId Id { get; init; }

    /// <summary>Why it is refused; null when its device is created.</summary>
    public ApiError? Error { get; set; }

    /// <summary>Its answer.</summary>
    public DeviceImportLine ToWire() => new()
    {
        Line = Line,
        Id = Error is null ? Id : null,
        Error = Error is { } error
            ? new LineError { Code = error.Code, Message = error.Message, Errors = error.Errors }
            : null,
    };
}

/// <summary>Creates the devices of some lines in one write.</summary>
internal sealed class DeviceImportGroup(
    IDbContextFactory<PlateauDb> registry, DeviceCreation creation, TimeProvider clock)
{
    /// <summary>Lines of a group: as many as take some ten milliseconds, for which submissions wait.</summary>
    public const int MaxLines = 200;

    private static readonly TimeSpan RepeatFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Creates the devices, all of them in one write, and returns when they are durable. A store that is away for a
    /// moment is tried again with the same ids, so that whether the write was lost or only its answer is found out.
    /// </summary>
    /// <exception cref="Exception">The store stays away; whether the devices exist is not known.</exception>
    public async Task CreateAsync(Caller caller, IReadOnlyList<DeviceImportItem> items, CancellationToken cancel)
    {
        DeviceImportItem[] asked = [.. items.Where(item => item.Draft is not null)];
        var started = clock.GetTimestamp();
        var isRepeated = false;
        while (asked.Length > 0)
        {
            try
            {
                if (!isRepeated || !await WereCreatedAsync(asked, cancel))
                {
                    await TryCreateAsync(caller, asked, cancel);
                }
                return;
            }
            // Not only a store that is away: where the lost write is still under way, ours meets its keys.
            catch (Exception exception) when (
                (exception is DbUpdateException || StorageFaults.IsUnavailable(exception))
                && !cancel.IsCancellationRequested && clock.GetElapsedTime(started) < RepeatFor)
            {
                isRepeated = true;
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }

    private async Task TryCreateAsync(Caller caller, DeviceImportItem[] asked, CancellationToken cancel)
    {
        await using var db = await registry.CreateDbContextAsync(cancel);
        await using var write = await db.BeginWriteAsync(cancel);
        var places = await db.HoldFoundAsync(
            caller, asked.SelectMany(item => item.Draft?.Locations ?? []), cancel);
        foreach (var item in asked)
        {
            var draft = item.Draft ?? new();
            item.Error = (draft.Locations ?? []).All(places.ContainsKey) ? null : LocationEndpoints.NotFound(null);
            if (item.Error is null)
            {
                var first = draft.Locations is [var place, ..] ? places[place] : null;
                creation.Add(db, caller, item.Id, draft, first);
            }
        }
        await write.CommitAsync(cancel);
    }

    // Whether an earlier try was committed after all; then those it did not create lacked a location.
    private async Task<bool> WereCreatedAsync(DeviceImportItem[] asked, CancellationToken cancel)
    {
        await using var db = await registry.CreateDbContextAsync(cancel);
        DeviceId[] ids = [.. asked.Select(item => item.Id)];
        var created = await db.Devices.Where(row => ids.Contains(row.Id)).Select(row => row.Id)
            .ToListAsync(cancel);
        foreach (var item in asked)
        {
            item.Error = created.Contains(item.Id) ? null : LocationEndpoints.NotFound(null);
        }
        return created.Count > 0;
    }
}
