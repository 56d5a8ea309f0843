using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Http;
using Plateau.Telemetry;

namespace Plateau.Server.Telemetry;

/// <summary>Reads the states of many devices, piece by piece.</summary>
internal sealed class FleetReader(IStateReader reader, StateAggregator aggregator)
{
    private const int DevicesAtOnce = 200;
    private const int BucketsAtOnce = 100_000;

    /// <summary>Reads a page of the latest states of devices; devices without one are passed over.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="page">Which page; its cursors are ids of devices.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The records, newest device first, and whether more follow in the direction of the walk.</returns>
    public async Task<(List<StateRecord> Records, bool HasMore)> ReadLatestAsync(
        IQueryable<DeviceRow> devices, ListQuery page, CancellationToken cancel)
    {
        var found = new List<StateRecord>(page.Limit + 1);
        var cursor = (page.After ?? page.Before) is { } id ? DeviceId.Of(id) : (DeviceId?)null;
        List<DeviceId> ids;
        do
        {
            ids = await ReadIdsAsync(devices, cursor, page.Backwards, page.Limit + 1, cancel);
            foreach (var record in await reader.FindLatestAsync(ids, cancel))
            {
                if (record is not null && found.Count <= page.Limit)
                {
                    found.Add(record);
                }
            }
            cursor = ids.Count > 0 ? ids[^1] : cursor;
        }
        while (found.Count <= page.Limit && ids.Count > page.Limit);
        var hasMore = found.Count > page.Limit;
        if (hasMore)
        {
            found.RemoveAt(page.Limit);
        }
        if (page.Backwards)
        {
            found.Reverse();
        }
        return (found, hasMore);
    }

    /// <summary>Sums up the records of devices.</summary>
    /// <param name="devices">The devices.</param>
    /// <param name="edges">Edges of the buckets, microseconds since 1970-01-01T00:00:00Z, ascending.</param>
    /// <param name="gapLimit">How long a power holds at the most, µs.</param>
    /// <param name="now">The last record's power holds no longer than this.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<FleetBucket[]> AggregateAsync(
        IQueryable<DeviceRow> devices, long[] edges, long gapLimit, long now, CancellationToken cancel)
    {
        var fleet = new FleetAggregation(edges.Length - 1);
        var atOnce = Math.Clamp(BucketsAtOnce / (edges.Length - 1), 1, DevicesAtOnce);
        var last = default(DeviceId);
        while (true)
        {
            var rows = await devices.Where(row => row.Id > last).OrderBy(row => row.Id).Take(atOnce)
                .Select(row => new { row.Id, row.ConsentInformation, row.Properties }).ToListAsync(cancel);
            if (rows.Count == 0)
            {
                return fleet.Finish();
            }
            var buckets = await aggregator.AggregateAsync(
                rows.ConvertAll(row => row.Id), edges, gapLimit, now, cancel);
            for (var index = 0; index < rows.Count; index++)
            {
                // Whose owner does not show what the device is does not show it in a mean either.
                fleet.Add(
                    buckets[index], rows[index].ConsentInformation ? ReadCapacity(rows[index].Properties) : null);
            }
            last = rows[^1].Id;
        }
    }

    private static async Task<List<DeviceId>> ReadIdsAsync(
        IQueryable<DeviceRow> devices, DeviceId? cursor, bool backwards, int limit, CancellationToken cancel)
    {
        if (cursor is { } from)
        {
            devices = backwards ? devices.Where(row => row.Id > from) : devices.Where(row => row.Id < from);
        }
        var ordered = backwards ? devices.OrderBy(row => row.Id) : devices.OrderByDescending(row => row.Id);
        return await ordered.Select(row => row.Id).Take(limit).ToListAsync(cancel);
    }

    private static double? ReadCapacity(byte[] properties)
    {
        using var json = JsonDocument.Parse(properties);
        return json.RootElement.TryGetProperty("battery", out var battery)
            && battery.TryGetProperty("capacity_kwh", out var capacity)
                ? capacity.GetDouble()
                : null;
    }
}
