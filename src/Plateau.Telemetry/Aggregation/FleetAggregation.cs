namespace Plateau.Telemetry;

/// <summary>Sums up the buckets of many devices.</summary>
/// <param name="count">Buckets, the same for every device.</param>
public sealed class FleetAggregation(int count)
{
    private readonly Sums[] _sums = new Sums[count];

    /// <summary>Takes the buckets of one device.</summary>
    /// <param name="buckets">Its buckets, in order.</param>
    /// <param name="capacityKwh">Usable capacity of its battery, kWh; null when it is not known.</param>
    public void Add(IReadOnlyList<StateBucket> buckets, double? capacityKwh)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(buckets.Count, _sums.Length);
        for (var index = 0; index < _sums.Length; index++)
        {
            _sums[index].Take(buckets[index], capacityKwh);
        }
    }

    /// <summary>The buckets, in order.</summary>
    public FleetBucket[] Finish() => Array.ConvertAll(_sums, sums => sums.ToBucket());

    private struct Sums
    {
        private long _count;
        private int _devices;
        private int _powerDevices;
        private double _power;
        private int _energyDevices;
        private double _charged;
        private double _discharged;
        private double _capacity;
        private double _stored;

        public void Take(StateBucket bucket, double? capacityKwh)
        {
            if (bucket.StateOfCharge is not { } charge)
            {
                return;
            }
            _count += bucket.Count;
            _devices++;
            if (bucket.BatteryPower is { } power)
            {
                _powerDevices++;
                _power += power.Mean;
            }
            if (bucket.EnergyChargedKwh is { } charged && bucket.EnergyDischargedKwh is { } discharged)
            {
                _energyDevices++;
                _charged += charged;
                _discharged += discharged;
            }
            if (capacityKwh is > 0 and { } capacity)
            {
                _capacity += capacity;
                _stored += capacity * charge.Mean;
            }
        }

        public readonly FleetBucket ToBucket() => new()
        {
            Count = _count,
            Devices = _devices,
            BatteryPowerKw = _powerDevices > 0 ? _power : null,
            EnergyChargedKwh = _energyDevices > 0 ? _charged : null,
            EnergyDischargedKwh = _energyDevices > 0 ? _discharged : null,
            // A mean of rounded sums may lie a rounding beyond its parts.
            StateOfChargePercent = _capacity > 0 ? Math.Clamp(_stored / _capacity, 0, 100) : null,
        };
    }
}

/// <summary>What the records of a fleet come to in one bucket. Missing is null, never zero.</summary>
public sealed record FleetBucket
{
    /// <summary>Records in the bucket.</summary>
    public required long Count { get; init; }

    /// <summary>Devices with records in the bucket.</summary>
    public required int Devices { get; init; }

    /// <summary>
    /// Sum over devices of their mean battery power, kW, positive charges; null where none has one.
    /// </summary>
    public required double? BatteryPowerKw { get; init; }

    /// <summary>Energy into batteries, kWh, 0 or more; null where no device's power is known.</summary>
    public required double? EnergyChargedKwh { get; init; }

    /// <summary>Energy out of batteries, kWh, 0 or more; null as <see cref="EnergyChargedKwh"/> is.</summary>
    public required double? EnergyDischargedKwh { get; init; }

    /// <summary>
    /// Mean state of charge, %, 0–100, each device's mean weighted by its capacity; null where no reporting device has
    /// a known capacity.
    /// </summary>
    public required double? StateOfChargePercent { get; init; }
}
