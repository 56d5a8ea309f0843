using Plateau.Client;
using Plateau.Server.Simulation;

namespace Plateau.Server.Demo;

/// <summary>The demo's week before its first start: there is something to look at from the first minute.</summary>
internal static class DemoPast
{
    private const string Prefix = "past-";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Length = TimeSpan.FromDays(7);

    /// <summary>
    /// Submits it, from a week before up to now. Another process that starts the same demo at the same time, or a start
    /// after one that was killed, sends the same records, which are kept once.
    /// </summary>
    /// <returns>How many records are kept.</returns>
    public static async Task<long> SubmitAsync(
        PlateauClient client, IReadOnlyList<RegisteredDevice> devices, DateTimeOffset now, CancellationToken cancel)
    {
        // A day's beginning, so that starts of the same day simulate the same from the same moment on.
        var start = new DateTimeOffset((now - Length).UtcDateTime.Date, TimeSpan.Zero);
        List<ReportingDevice> reporting =
        [
            .. from device in devices.Index()
               where device.Item.Device.Battery is not null
               select new ReportingDevice(
                   device.Index, device.Item.Id, device.Item.LocationId, device.Item.Device.Battery!), // as was asked
        ];
        var records = new FleetRecords(reporting, Prefix, start, Interval);
        var kept = 0L;
        await foreach (var progress in client.DeviceStates.ImportAsync(
            records.Before(now).ToAsyncEnumerable(), cancel))
        {
            kept = progress.RecordsDurable;
        }
        return kept;
    }
}
