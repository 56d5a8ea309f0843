using System.Globalization;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>A device of one worker, and every record that was sent for it.</summary>
internal sealed class ModelDevice(string id, string[] locations)
{
    private const int PastDays = 10;
    private static readonly DateTimeOffset Today = new(TimeProvider.System.GetUtcNow().Date, TimeSpan.Zero);

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>Its records by their serials.</summary>
    public List<ModelRecord> Records { get; } = [];

    /// <summary>The records that must be there.</summary>
    public IEnumerable<ModelRecord> Kept => Records.Where(record => record.Fate == Fate.Kept);

    /// <summary>The day before its first.</summary>
    public static DateTimeOffset FirstDay => Today.AddDays(-PastDays - 1);

    /// <summary>Whether what is there is exactly what must be there: nothing is open or being erased.</summary>
    public bool IsCertain => Records.All(record => record.Fate is Fate.Kept or Fate.Refused);

    /// <summary>A past day, by chance.</summary>
    public static DateTimeOffset SomePastDay(Random chance) => Today.AddDays(-chance.Next(1, PastDays + 1));

    /// <summary>A time of a day, by chance.</summary>
    public static DateTimeOffset SomeTimeOf(DateTimeOffset day, Random chance) =>
        day.AddSeconds(chance.Next(86_400)).AddMicroseconds(chance.Next(3) == 0 ? chance.Next(1_000_000) : 0);

    /// <summary>This moment, as exact as records are.</summary>
    public static DateTimeOffset Now()
    {
        var now = TimeProvider.System.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>A time by chance: most are of the last minutes, the others come late.</summary>
    public static DateTimeOffset SomeTime(Random chance)
    {
        var now = Now();
        return chance.Next(10) switch
        {
            < 4 => now,
            < 6 => now.AddSeconds(-chance.Next(1, 600)).AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)),
            _ => SomeTimeOf(SomePastDay(chance), chance),
        };
    }

    /// <summary>A new record.</summary>
    public ModelRecord Add(DateTimeOffset time, Random chance, bool hasReference = true)
    {
        var serial = Records.Count;
        var record = new ModelRecord(
            serial, time, locations[chance.Next(8) == 0 ? 1 : 0], SomeNumber(0, 100, chance), chance.Next(101),
            chance.Next(6) == 0 ? null : SomeNumber(-50, 50, chance), chance.Next(2) == 0 ? null : chance.Next(101),
            hasReference ? string.Create(CultureInfo.InvariantCulture, $"MET{serial:0000000}") : null);
        Records.Add(record);
        return record;
    }

    /// <summary>A new record that must be refused, be it alone or among others.</summary>
    public ModelRecord AddWrong(Random chance)
    {
        var right = Add(SomeTime(chance), chance);
        var wrong = chance.Next(3) switch
        {
            0 => right with { Charge = 100.5, Fault = "state_of_charge_percent_invalid" },
            1 => right with { Time = new(1999, 12, 31, 23, 59, 59, TimeSpan.Zero), Fault = "time_invalid" },
            _ => right with { Location = "loc_" + new string('0', 24), Fault = "location_not_found" },
        };
        return Records[^1] = wrong;
    }

    /// <summary>A new record under the time and reference of one that is kept.</summary>
    public ModelRecord AddConflicting(ModelRecord kept)
    {
        var conflicting = kept with
        {
            Serial = Records.Count, Charge = kept.Charge / 2 + 1, Fate = Fate.Open, Id = null, TimeCreated = null,
            Fault = "record_reference_id_conflict",
        };
        Records.Add(conflicting);
        return conflicting;
    }

    /// <summary>A record that is kept and has a reference; null when there is none.</summary>
    public ModelRecord? SomeKept(Random chance)
    {
        for (var tries = 0; tries < 20 && Records.Count > 0; tries++)
        {
            var record = Records[chance.Next(Records.Count)];
            if (record is { Fate: Fate.Kept, Reference: not null })
            {
                return record;
            }
        }
        return null;
    }

    /// <summary>Notes that the erasure of a range was answered.</summary>
    /// <returns>How many records it covers.</returns>
    public int Erase(DateTimeOffset start, DateTimeOffset end)
    {
        var covered = Records.FindAll(record =>
            record.Fate is Fate.Kept or Fate.Open && record.Time >= start && record.Time < end);
        covered.ForEach(record => record.Fate = Fate.Erased);
        return covered.Count;
    }

    // Half of them as meters round them, half of them with all digits a number can have.
    private static double SomeNumber(int least, int most, Random chance) =>
        chance.Next(2) == 0
            ? chance.Next(least * 10, most * 10) / 10.0
            : least + (chance.NextDouble() * (most - least));
}
