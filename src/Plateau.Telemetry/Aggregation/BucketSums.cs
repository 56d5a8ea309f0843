using System.Numerics;
using System.Runtime.InteropServices;

namespace Plateau.Telemetry;

/// <summary>
/// What a device's records come to in one bucket, while they come. Records are taken some at once, as many as the
/// processor's registers hold: a fleet's day is millions of them.
/// </summary>
internal struct BucketSums
{
    private const double MicrosecondsPerHour = 3_600_000_000.0;

    private int _count;
    private double _chargeSum;
    private double _chargeMin;
    private double _chargeMax;
    private double _chargeFirst;
    private double _chargeLast;
    private long _powerCount;
    private double _powerSum;
    private double _powerMin;
    private double _powerMax;
    private bool _moved;

    // kW times microseconds: dividing once at the end is less work and less rounding.
    private double _charged;
    private double _discharged;

    /// <summary>Takes records of the bucket, one at least; the last one's power is still held.</summary>
    /// <param name="times">Their times, µs, ascending.</param>
    /// <param name="charges">States of charge, %.</param>
    /// <param name="powers">Powers, kW; NaN where none was measured.</param>
    /// <param name="gapLimit">How long a power holds at the most, µs.</param>
    public void Take(
        ReadOnlySpan<long> times, ReadOnlySpan<double> charges, ReadOnlySpan<double> powers, long gapLimit)
    {
        if (_count == 0)
        {
            _chargeFirst = _chargeMin = _chargeMax = charges[0];
        }
        if (_powerCount == 0)
        {
            (_powerMin, _powerMax) = (double.PositiveInfinity, double.NegativeInfinity);
        }
        _count += charges.Length;
        _chargeLast = charges[^1];
        TakeCharges(charges);
        TakePowers(powers);
        TakeEnergies(times, powers, gapLimit);
    }

    /// <summary>Takes what a power moved in a time.</summary>
    public void Move(double powerKw, long microseconds)
    {
        _moved = true;
        var moved = powerKw * microseconds;
        _charged += moved > 0 ? moved : 0;
        _discharged -= moved < 0 ? moved : 0;
    }

    /// <summary>The bucket.</summary>
    public readonly StateBucket ToBucket() => new()
    {
        Count = _count,
        // A mean of rounded sums may lie a rounding beyond its parts.
        StateOfCharge = _count == 0 ? null : new(
            Math.Clamp(_chargeSum / _count, _chargeMin, _chargeMax), _chargeMin, _chargeMax,
            _chargeFirst, _chargeLast),
        BatteryPower = _powerCount == 0 ? null : new(
            Math.Clamp(_powerSum / _powerCount, _powerMin, _powerMax), _powerMin, _powerMax),
        EnergyChargedKwh = EnergyIsKnown ? _charged / MicrosecondsPerHour : null,
        EnergyDischargedKwh = EnergyIsKnown ? _discharged / MicrosecondsPerHour : null,
    };

    // A power that the next record ends at once moved nothing, which is known too.
    private readonly bool EnergyIsKnown => _count > 0 && (_moved || _powerCount > 0);

    private void TakeCharges(ReadOnlySpan<double> charges)
    {
        ref var first = ref MemoryMarshal.GetReference(charges);
        var sums = Vector<double>.Zero;
        var mins = new Vector<double>(_chargeMin);
        var maxs = new Vector<double>(_chargeMax);
        var index = 0;
        for (; index <= charges.Length - Vector<double>.Count; index += Vector<double>.Count)
        {
            var some = Vector.LoadUnsafe(ref first, (nuint)index);
            sums += some;
            mins = Vector.Min(mins, some);
            maxs = Vector.Max(maxs, some);
        }
        _chargeSum += Vector.Sum(sums);
        for (var lane = 0; lane < Vector<double>.Count; lane++)
        {
            _chargeMin = Math.Min(_chargeMin, mins[lane]);
            _chargeMax = Math.Max(_chargeMax, maxs[lane]);
        }
        foreach (var charge in charges[index..])
        {
            _chargeSum += charge;
            _chargeMin = Math.Min(_chargeMin, charge);
            _chargeMax = Math.Max(_chargeMax, charge);
        }
    }

    private void TakePowers(ReadOnlySpan<double> powers)
    {
        ref var first = ref MemoryMarshal.GetReference(powers);
        var counts = Vector<long>.Zero;
        var sums = Vector<double>.Zero;
        var mins = new Vector<double>(_powerMin);
        var maxs = new Vector<double>(_powerMax);
        var index = 0;
        for (; index <= powers.Length - Vector<double>.Count; index += Vector<double>.Count)
        {
            var some = Vector.LoadUnsafe(ref first, (nuint)index);
            var known = Vector.Equals(some, some); // -1 where it is a number, which only NaN is not equal to
            counts -= known;
            sums += Vector.ConditionalSelect(known, some, Vector<double>.Zero);
            mins = Vector.ConditionalSelect(known, Vector.Min(mins, some), mins);
            maxs = Vector.ConditionalSelect(known, Vector.Max(maxs, some), maxs);
        }
        _powerCount += Vector.Sum(counts);
        _powerSum += Vector.Sum(sums);
        for (var lane = 0; lane < Vector<double>.Count; lane++)
        {
            _powerMin = Math.Min(_powerMin, mins[lane]);
            _powerMax = Math.Max(_powerMax, maxs[lane]);
        }
        foreach (var power in powers[index..])
        {
            if (!double.IsNaN(power))
            {
                _powerCount++;
                _powerSum += power;
                _powerMin = Math.Min(_powerMin, power);
                _powerMax = Math.Max(_powerMax, power);
            }
        }
    }

    // Each power holds until the next record.
    private void TakeEnergies(ReadOnlySpan<long> times, ReadOnlySpan<double> powers, long gapLimit)
    {
        ref var firstTime = ref MemoryMarshal.GetReference(times);
        ref var firstPower = ref MemoryMarshal.GetReference(powers);
        var charged = Vector<double>.Zero;
        var discharged = Vector<double>.Zero;
        var limits = new Vector<long>(gapLimit);
        var index = 0;
        for (; index < times.Length - Vector<long>.Count; index += Vector<long>.Count)
        {
            var since = Vector.LoadUnsafe(ref firstTime, (nuint)index);
            var until = Vector.LoadUnsafe(ref firstTime, (nuint)index + 1);
            var held = Vector.Min(until - since, limits);
            var energies = Vector.LoadUnsafe(ref firstPower, (nuint)index) * Vector.ConvertToDouble(held);
            // Nothing is greater or less than what is not known.
            var positive = Vector.GreaterThan(energies, Vector<double>.Zero);
            var negative = Vector.LessThan(energies, Vector<double>.Zero);
            charged += Vector.ConditionalSelect(positive, energies, Vector<double>.Zero);
            discharged -= Vector.ConditionalSelect(negative, energies, Vector<double>.Zero);
        }
        _charged += Vector.Sum(charged);
        _discharged += Vector.Sum(discharged);
        for (; index < times.Length - 1; index++)
        {
            if (!double.IsNaN(powers[index]))
            {
                Move(powers[index], Math.Min(times[index + 1] - times[index], gapLimit));
            }
        }
    }
}
