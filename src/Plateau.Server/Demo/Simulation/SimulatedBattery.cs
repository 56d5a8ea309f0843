namespace Plateau.Server.Demo.Simulation;

/// <summary>A battery, what it is used for, and where it starts.</summary>
/// <param name="Model">What it can hold and take.</param>
/// <param name="Use">What it is used for.</param>
/// <param name="FirstChargePercent">State of charge at the very beginning, %, 0–100.</param>
internal sealed record SimulatedBattery(BatteryModel Model, IBatteryUse Use, double FirstChargePercent)
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(5);

    // What happened longer ago no longer shows: by then every battery was full and empty, and every car away.
    private static readonly TimeSpan LongestGap = TimeSpan.FromDays(2);

    /// <summary>A state that looks as if the battery had been there for days.</summary>
    public BatteryState Begin(DateTimeOffset now) =>
        Advance(new(now - LongestGap, FirstChargePercent, 0), now);

    /// <summary>The state at a later moment, through everything that lies between.</summary>
    public BatteryState Advance(BatteryState state, DateTimeOffset now)
    {
        var time = now - state.Time > LongestGap ? now - LongestGap : state.Time;
        while (time < now)
        {
            var end = now - time > LongestStep ? time + LongestStep : now;
            var step = Use.Step(Model, state.ChargePercent, time, end);
            state = new(end, step.ChargePercent, step.PowerKw);
            time = end;
        }
        return state with { Time = now };
    }
}

/// <summary>A battery at one moment.</summary>
/// <param name="Time">The moment, UTC.</param>
/// <param name="ChargePercent">State of charge, %, 0–100.</param>
/// <param name="PowerKw">Power, kW; positive charges, negative discharges.</param>
internal readonly record struct BatteryState(DateTimeOffset Time, double ChargePercent, double PowerKw);
