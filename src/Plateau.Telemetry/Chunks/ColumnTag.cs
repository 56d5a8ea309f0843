namespace Plateau.Telemetry;

/// <summary>The columns of a chunk by their numbers in it. A number is never used again for something else.</summary>
internal enum ColumnTag : byte
{
    /// <summary>Integers: microseconds since 1970-01-01T00:00:00Z.</summary>
    Time = 1,

    /// <summary>Integers: milliseconds from the time to the acceptance.</summary>
    AcceptanceDelay = 2,

    /// <summary>
    /// Integers: the tails of the keys of records without a reference; those of others are made again.
    /// </summary>
    Tail = 3,

    /// <summary>The different places, then integers: which of them.</summary>
    Location = 4,

    /// <summary>Numbers, %.</summary>
    StateOfCharge = 5,

    /// <summary>Numbers, %.</summary>
    TargetStateOfCharge = 6,

    /// <summary>Optional numbers, kW.</summary>
    BatteryPower = 7,

    /// <summary>Optional numbers, kWh.</summary>
    EnergyRemaining = 8,

    /// <summary>Optional numbers, %.</summary>
    BackupReserve = 9,

    /// <summary>Optional texts.</summary>
    Reference = 10,
}
