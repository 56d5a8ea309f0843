using Plateau.Contracts;

namespace Plateau.Server.Simulation;

/// <summary>A battery, what it is used for, and where it starts.</summary>
/// <param name="Model">What it can hold and take.</param>
/// <param name="Use">What it is used for.</param>
/// <param name="FirstChargePercent">State of charge at the very beginning, %, 0–100.</param>
internal sealed record SimulatedBattery(BatteryModel Model, IBatteryUse Use, double FirstChargePercent)
{
    private const int PercentDigits = 2;
    private const int PowerDigits = 3;

    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(15);

    // What happened longer ago hardly shows: by then most batteries were full or empty, and cars charged.
    private static readonly TimeSpan LongestGap = TimeSpan.FromDays(2);

    /// <summary>A charge that looks as if the battery had been there for days.</summary>
    public BatteryCharge Begin(DateTimeOffset now) => Advance(new(now - LongestGap, FirstChargePercent), now).After;

    /// <summary>What it does until a later moment.</summary>
    /// <param name="charge">Its charge at the start.</param>
    /// <param name="until">The end, after the start.</param>
    public BatteryPeriod Advance(BatteryCharge charge, DateTimeOffset until)
    {
        var time = until - charge.Time > LongestGap ? until - LongestGap : charge.Time;
        var (begin, percent, flowedKwh) = (time, charge.Percent, 0.0);
        while (time < until)
        {
            var end = until - time > LongestStep ? time + LongestStep : until;
            var step = Use.Step(Model, percent, time, end);
            flowedKwh += step.PowerKw * (end - time).TotalHours;
            (time, percent) = (end, step.ChargePercent);
        }
        return new(begin < until ? flowedKwh / (until - begin).TotalHours : 0, new(until, percent));
    }

    /// <summary>
    /// The body that submits a state, rounded as a meter shows it. Its power is what flows from its time until the next
    /// state: that is how long the power of a state counts.
    /// </summary>
    /// <param name="device">Id of its device.</param>
    /// <param name="location">Id of the place it is at.</param>
    /// <param name="charge">The charge at the time of the state.</param>
    /// <param name="powerKw">Mean power until the next state, kW; positive charges.</param>
    /// <param name="reference">Name of the record.</param>
    public DeviceStateBatchItem ToSubmission(
        DeviceId device, LocationId location, BatteryCharge charge, double powerKw, string reference)
    {
        var percent = Math.Round(charge.Percent, PercentDigits);
        return new()
        {
            DeviceId = device,
            LocationId = location,
            Time = charge.Time,
            StateOfChargePercent = percent,
            TargetStateOfChargePercent = Use.TargetPercent,
            BatteryPowerKw = Math.Round(powerKw, PowerDigits),
            EnergyRemainingKwh = Math.Round(Model.CapacityKwh * percent / 100, PowerDigits),
            BackupReservePercent = Use.BackupReservePercent,
            RecordReferenceId = reference,
        };
    }
}

/// <summary>What a battery holds at one moment.</summary>
/// <param name="Time">The moment, UTC.</param>
/// <param name="Percent">State of charge, %, 0–100.</param>
internal readonly record struct BatteryCharge(DateTimeOffset Time, double Percent);

/// <summary>What a battery did in a period.</summary>
/// <param name="PowerKw">Mean power, kW; positive charged, negative discharged.</param>
/// <param name="After">Its charge at the end.</param>
internal readonly record struct BatteryPeriod(double PowerKw, BatteryCharge After);
