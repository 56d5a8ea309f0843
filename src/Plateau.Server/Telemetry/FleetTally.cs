using Plateau.Contracts;
using Plateau.Server.Devices;

namespace Plateau.Server.Telemetry;

/// <summary>What the summary of a fleet reads of a device.</summary>
/// <param name="Id">The device.</param>
/// <param name="Kinds">Its parts, as far as they may be shown.</param>
/// <param name="SharesStates">Whether its states may be shown.</param>
/// <param name="LastSeen">Arrival of its last record, microseconds since 1970-01-01T00:00:00Z; null before any.</param>
internal readonly record struct FleetDevice(DeviceId Id, DeviceKinds Kinds, bool SharesStates, long? LastSeen)
{
    /// <summary>Whether it can have a state that may be shown.</summary>
    public bool HasState => SharesStates && LastSeen is not null;
}

/// <summary>What the summary of a fleet reads of a device's latest state.</summary>
/// <param name="ChargePercent">State of charge, %, 0–100.</param>
/// <param name="PowerKw">Power of the battery, kW, positive charges; null when not told.</param>
internal readonly record struct FleetState(double ChargePercent, double? PowerKw);

/// <summary>Adds devices up to a summary, in any order. Pure: no store or clock.</summary>
/// <param name="freshSince">A device seen at this moment or later is fresh, microseconds since 1970.</param>
internal sealed class FleetTally(long freshSince)
{
    /// <summary>How many of the quietest devices are named.</summary>
    public const int MaxQuietest = 10;

    private const int Buckets = 10;
    private const int BucketPercent = 100 / Buckets;

    private readonly int[] _buckets = new int[Buckets];
    private readonly SortedSet<(long LastSeen, ObjectId Id)> _quietest = [];
    private int _devices;
    private int _battery;
    private int _pv;
    private int _inverter;
    private int _evCharger;
    private int _heatPump;
    private int _unknown;
    private int _fresh;
    private int _silent;
    private int _neverSeen;
    private double _charging;
    private double _discharging;

    /// <summary>The devices that were not seen for the longest time, quietest first.</summary>
    public IReadOnlyList<(DeviceId Id, DateTimeOffset LastSeen)> Quietest =>
        [.. _quietest.Select(one => (DeviceId.Of(one.Id), Instant.FromUnixMicroseconds(one.LastSeen)))];

    /// <summary>Adds a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="state">Its latest state; null when it has none, or none that may be shown.</param>
    public void Add(FleetDevice device, FleetState? state)
    {
        _devices++;
        AddKinds(device.Kinds);
        if (!device.SharesStates)
        {
            return;
        }
        var isFresh = AddActivity(device);
        if (state is not { } latest)
        {
            return;
        }
        _buckets[Math.Clamp((int)(latest.ChargePercent / BucketPercent), 0, Buckets - 1)]++;
        if (isFresh && latest.PowerKw is { } power)
        {
            _charging += Math.Max(power, 0);
            _discharging += Math.Min(power, 0);
        }
    }

    /// <summary>The summary of what was added.</summary>
    /// <param name="account">Whose devices.</param>
    /// <param name="liveMode">Of which mode.</param>
    /// <param name="freshSeconds">For how long a device is fresh.</param>
    /// <param name="now">When it was counted, UTC.</param>
    /// <param name="references">The references of <see cref="Quietest"/> that have one.</param>
    public FleetSummary Finish(
        AccountId account, bool liveMode, int freshSeconds, DateTimeOffset now,
        IReadOnlyDictionary<DeviceId, string?> references) => new()
    {
        AccountId = account,
        LiveMode = liveMode,
        Devices = _devices,
        Kinds = new()
        {
            Battery = _battery, Pv = _pv, Inverter = _inverter, EvCharger = _evCharger, HeatPump = _heatPump,
            Unknown = _unknown,
        },
        Activity = new() { Fresh = _fresh, Silent = _silent, NeverSeen = _neverSeen },
        FreshSeconds = freshSeconds,
        ChargingPowerKw = _charging,
        DischargingPowerKw = _discharging,
        StateOfCharge =
        [
            .. _buckets.Select((devices, index) =>
                new ChargeBucket(index * BucketPercent, (index + 1) * BucketPercent, devices)),
        ],
        Quietest =
        [
            .. Quietest.Select(one => new QuietDevice
            {
                DeviceId = one.Id, LastSeen = one.LastSeen, ReferenceId = references.GetValueOrDefault(one.Id),
            }),
        ],
        TimeCreated = now,
    };

    private void AddKinds(DeviceKinds kinds)
    {
        _battery += kinds.HasFlag(DeviceKinds.Battery) ? 1 : 0;
        _pv += kinds.HasFlag(DeviceKinds.Pv) ? 1 : 0;
        _inverter += kinds.HasFlag(DeviceKinds.Inverter) ? 1 : 0;
        _evCharger += kinds.HasFlag(DeviceKinds.EvCharger) ? 1 : 0;
        _heatPump += kinds.HasFlag(DeviceKinds.HeatPump) ? 1 : 0;
        _unknown += kinds == DeviceKinds.None ? 1 : 0;
    }

    // Answers whether the device is fresh.
    private bool AddActivity(FleetDevice device)
    {
        if (device.LastSeen is not { } seen)
        {
            _neverSeen++;
            return false;
        }
        if (_quietest.Count < MaxQuietest || (seen, device.Id.Value).CompareTo(_quietest.Max) < 0)
        {
            _quietest.Add((seen, device.Id.Value));
            if (_quietest.Count > MaxQuietest)
            {
                _quietest.Remove(_quietest.Max);
            }
        }
        var isFresh = seen >= freshSince;
        _fresh += isFresh ? 1 : 0;
        _silent += isFresh ? 0 : 1;
        return isFresh;
    }
}
