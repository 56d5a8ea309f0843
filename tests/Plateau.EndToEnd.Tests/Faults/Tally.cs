using System.Collections.Concurrent;

namespace Plateau.EndToEnd.Tests.Faults;

/// <summary>Counts what a run has done, by kind.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts one more, or some more, of a kind.</summary>
    public void Add(string kind, long count = 1) => _counts.AddOrUpdate(kind, count, (_, before) => before + count);

    /// <summary>How many there were of a kind.</summary>
    public long this[string kind] => _counts.GetValueOrDefault(kind);

    /// <summary>All kinds in order, one a line.</summary>
    public override string ToString() => string.Join(
        Environment.NewLine,
        _counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"  {one.Key}: {one.Value}"));
}
