using System.Globalization;
using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>A simulated device that reports states, as the server knows it.</summary>
/// <param name="Number">Its number in the fleet.</param>
/// <param name="Id">Its id.</param>
/// <param name="LocationId">Where it stands.</param>
/// <param name="Battery">Its battery or car.</param>
internal sealed record ReportingDevice(int Number, DeviceId Id, LocationId LocationId, SimulatedBattery Battery);

/// <summary>
/// The records of a fleet from its start on: each device reports at a moment of its own within the interval. The same
/// devices, start and interval give the same records, in whatever pieces they are asked for.
/// </summary>
internal sealed class FleetRecords
{
    private readonly IReadOnlyList<ReportingDevice> _devices;
    private readonly TimeSpan _interval;
    private readonly string _prefix;

    // The charge of each device at its next record; without a charge before the first.
    private readonly (DateTimeOffset Time, double? Percent)[] _next;

    /// <summary>The records of a fleet.</summary>
    /// <param name="devices">Its devices.</param>
    /// <param name="prefix">What the references of its records begin with.</param>
    /// <param name="start">No record is earlier.</param>
    /// <param name="interval">Time between two records of a device, whole seconds, above zero.</param>
    public FleetRecords(
        IReadOnlyList<ReportingDevice> devices, string prefix, DateTimeOffset start, TimeSpan interval)
    {
        (_devices, _prefix, _interval) = (devices, prefix, interval);
        _next = [.. devices.Select(device => (FirstTime(device, start), (double?)null))];
    }

    /// <summary>
    /// The records that come next and are earlier than a time, device by device. To be read once, to its end.
    /// </summary>
    public IEnumerable<DeviceStateBatchItem> Before(DateTimeOffset end)
    {
        for (var index = 0; index < _devices.Count; index++)
        {
            var (time, known) = _next[index];
            if (time >= end)
            {
                continue;
            }
            var device = _devices[index];
            var charge = known is { } percent ? new BatteryCharge(time, percent) : device.Battery.Begin(time);
            while (charge.Time < end)
            {
                var period = device.Battery.Advance(charge, charge.Time + _interval);
                var record = device.Battery.ToSubmission(
                    device.Id, device.LocationId, charge, period.PowerKw, ReferenceOf(charge.Time));
                charge = period.After;
                _next[index] = (charge.Time, charge.Percent);
                yield return record;
            }
        }
    }

    // A device's records are numbered by the intervals since 1970: the same time has the same number at every start.
    private string ReferenceOf(DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture, $"{_prefix}{time.UtcTicks / _interval.Ticks}");

    private DateTimeOffset FirstTime(ReportingDevice device, DateTimeOffset start)
    {
        var seconds = (long)_interval.TotalSeconds;
        var phase = (long)new Chance((ulong)device.Number).Between(0, seconds, 0);
        var first = (start.ToUnixTimeSeconds() / seconds * seconds) + phase;
        while (DateTimeOffset.FromUnixTimeSeconds(first) < start)
        {
            first += seconds;
        }
        return DateTimeOffset.FromUnixTimeSeconds(first);
    }
}
