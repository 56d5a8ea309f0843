using Plateau.Contracts;
using Plateau.Server.Simulation;

namespace Plateau.Server.Tests.Simulation;

/// <summary>The records of a simulated fleet.</summary>
public sealed class FleetRecordsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 28, 22, 7, 3, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly SimulatedFleet _fleet = new(7);

    [Fact]
    public void They_are_the_same_in_whatever_pieces_they_are_asked_for()
    {
        var whole = Records(40).Before(Start.AddHours(30)).ToList();
        var (records, pieces, end) = (Records(40), new List<DeviceStateBatchItem>(), Start);
        for (var piece = 0; end < Start.AddHours(30); piece++)
        {
            end += TimeSpan.FromSeconds(1 + (piece % 7 * 613));
            pieces.AddRange(records.Before(end < Start.AddHours(30) ? end : Start.AddHours(30)));
        }
        Assert.Equal(
            whole.OrderBy(record => (record.DeviceId.Value, record.Time)),
            pieces.OrderBy(record => (record.DeviceId.Value, record.Time)));
    }

    [Fact]
    public void Those_of_a_device_are_the_same_in_a_larger_fleet()
    {
        var few = Records(10).Before(Start.AddHours(3)).ToList();
        var many = Records(200).Before(Start.AddHours(3)).ToList();
        Assert.Equal(few, many.Take(few.Count));
    }

    [Fact]
    public void They_begin_at_the_start_come_once_an_interval_and_are_spread_over_it()
    {
        var devices = Records(200).Before(Start.AddHours(2)).GroupBy(record => record.DeviceId).ToList();
        Assert.All(devices, records =>
        {
            var times = records.Select(record => record.Time).ToList();
            Assert.InRange(times[0], Start, Start + Interval - TimeSpan.FromSeconds(1));
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(Interval, pair.Second - pair.First));
            Assert.Equal(24, records.Select(record => record.RecordReferenceId).Distinct().Count());
        });
        Assert.InRange(devices.Select(records => records.First().Time.Minute % 5).Distinct().Count(), 5, 5);
    }

    [Fact]
    public void Their_power_accounts_for_the_change_of_their_charge()
    {
        var homes = Devices(400).Where(device => device.Battery.Use is HomeUse).ToList();
        var records = new FleetRecords(homes, "", Start, Interval).Before(Start.AddDays(2))
            .GroupBy(record => record.DeviceId).ToList();
        for (var index = 0; index < homes.Count; index++)
        {
            var (model, efficiency) = (homes[index].Battery.Model, homes[index].Battery.Model.OneWayEfficiency);
            var own = records[index].ToList();
            var hours = Interval.TotalHours;
            var expected = own.SkipLast(1).Sum(record => record.BatteryPowerKw is > 0 and var charged
                ? charged * efficiency * hours
                : record.BatteryPowerKw.GetValueOrDefault() / efficiency * hours);
            var stored = (own[^1].StateOfChargePercent - own[0].StateOfChargePercent) / 100 * model.CapacityKwh;
            // Meters round: half a watt each, and the hundredth of a percent twice.
            Assert.Equal(expected, stored, (own.Count * 0.0005 * hours / efficiency) + (0.0001 * model.CapacityKwh));
        }
    }

    private FleetRecords Records(int devices) => new(Devices(devices), _fleet.Prefix, Start, Interval);

    private List<ReportingDevice> Devices(int count) =>
    [
        .. from number in Enumerable.Range(0, count)
           let battery = _fleet.Device(number).Battery
           where battery is not null
           select new ReportingDevice(
               number, new DeviceId(ObjectId.From(1, (ulong)number + 1)), new LocationId(ObjectId.From(1, 1)), battery),
    ];
}
