using Plateau.Contracts;
using Plateau.Server.Devices;
using Plateau.Server.Telemetry;

namespace Plateau.Server.Tests.Telemetry;

/// <summary>How devices add up to a summary.</summary>
public sealed class FleetTallyTests
{
    private const long FreshSince = 1_000_000;
    private static readonly Dictionary<DeviceId, string?> NoReferences = [];

    [Fact]
    public void A_device_counts_for_each_of_its_parts_and_without_any_as_unknown()
    {
        var summary = Sum(
            (Device(1, DeviceKinds.Battery | DeviceKinds.Pv), null), (Device(2, DeviceKinds.Battery), null),
            (Device(3, DeviceKinds.Inverter | DeviceKinds.EvCharger | DeviceKinds.HeatPump), null),
            (Device(4, DeviceKinds.None), null));

        Assert.Equal(4, summary.Devices);
        Assert.Equal(
            new FleetKinds { Battery = 2, Pv = 1, Inverter = 1, EvCharger = 1, HeatPump = 1, Unknown = 1 },
            summary.Kinds);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9.999, 0)]
    [InlineData(10, 1)]
    [InlineData(89.9, 8)]
    [InlineData(90, 9)]
    [InlineData(100, 9)]
    public void A_charge_falls_into_the_bucket_that_begins_at_it_or_below(double charge, int bucket)
    {
        var summary = Sum((Device(1), new FleetState(charge, null)));

        Assert.Equal(
            Enumerable.Range(0, 10).Select(index => new ChargeBucket(index * 10, (index + 1) * 10,
                index == bucket ? 1 : 0)),
            summary.StateOfCharge);
    }

    [Fact]
    public void Power_counts_by_its_sign_and_of_fresh_devices_only()
    {
        var summary = Sum(
            (Device(1, seen: FreshSince), new(50, 3)), (Device(2, seen: FreshSince), new(50, -5)),
            (Device(3, seen: FreshSince), new(50, 1.5)), (Device(4, seen: FreshSince), new(50, null)),
            (Device(5, seen: FreshSince - 1), new(50, 100)), (Device(6, seen: FreshSince - 1), new(50, -100)));

        Assert.Equal((4.5, -5), (summary.ChargingPowerKw, summary.DischargingPowerKw));
        Assert.Equal(6, summary.StateOfCharge.Sum(bucket => bucket.Devices));
        Assert.Equal(new FleetActivity { Fresh = 4, Silent = 2, NeverSeen = 0 }, summary.Activity);
    }

    [Fact]
    public void A_device_that_shares_no_states_counts_with_its_parts_alone()
    {
        var summary = Sum(
            (Device(1, DeviceKinds.Pv) with { SharesStates = false }, null),
            (Device(2, DeviceKinds.Pv) with { LastSeen = null }, null));

        Assert.Equal((2, 2), (summary.Devices, summary.Kinds.Pv));
        Assert.Equal(new FleetActivity { Fresh = 0, Silent = 0, NeverSeen = 1 }, summary.Activity);
        Assert.Empty(summary.Quietest);
    }

    [Fact]
    public void The_ten_quietest_come_quietest_first_whatever_the_order_they_were_added_in()
    {
        var numbers = Enumerable.Range(1, 100).OrderBy(number => number * 37 % 101);

        var summary = Sum([.. numbers.Select(number => (Device(number, seen: number * 10), (FleetState?)null))]);

        Assert.Equal(
            Enumerable.Range(1, 10).Select(number => Device(number).Id), summary.Quietest.Select(one => one.DeviceId));
        Assert.Equal(Instant.FromUnixMicroseconds(10), summary.Quietest[0].LastSeen);
    }

    private static FleetSummary Sum(params (FleetDevice Device, FleetState? State)[] devices)
    {
        var tally = new FleetTally(FreshSince);
        foreach (var (device, state) in devices)
        {
            tally.Add(device, state);
        }
        return tally.Finish(default, liveMode: false, 900, default, NoReferences);
    }

    private static FleetDevice Device(int number, DeviceKinds kinds = DeviceKinds.None, long seen = FreshSince) =>
        new(DeviceId.Of(new ObjectId(0, (uint)number)), kinds, SharesStates: true, seen);
}
