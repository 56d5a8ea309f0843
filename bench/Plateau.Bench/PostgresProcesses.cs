using System.Globalization;
using Npgsql;

namespace Plateau.Bench;

/// <summary>Every process of one PostgreSQL cluster on this machine, and no other cluster's.</summary>
internal sealed class PostgresProcesses
{
    private const double TicksPerSecond = 100; // what /proc counts in, on every architecture .NET runs on

    private readonly int _first;

    private PostgresProcesses(int first) => _first = first;

    /// <summary>CPU time the cluster has used so far, ended processes included.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            long ticks = 0;
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, null, out var id)
                    && Read(id) is { } process && (id == _first || process.Parent == _first))
                {
                    ticks += process.Ticks + (id == _first ? process.TicksOfEnded : 0);
                }
            }
            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    /// <summary>Finds the cluster; null when it does not run on this machine.</summary>
    public static async Task<PostgresProcesses?> FindAsync(string connectionString, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("select pg_backend_pid()");
        var backend = Convert.ToInt32(await command.ExecuteScalarAsync(cancel), null);
        return Read(backend) is { Name: "postgres", Parent: var first } ? new PostgresProcesses(first) : null;
    }

    private static ProcessState? Read(int id)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            return null; // it has just ended
        }
        // The name stands in brackets and may hold anything; what follows are numbers, counted from the third.
        var name = text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.LastIndexOf(')')];
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessState(name, (int)Field(4), Field(14) + Field(15), Field(16) + Field(17));

        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
    }

    /// <param name="Name">Its program.</param>
    /// <param name="Parent">The process that started it.</param>
    /// <param name="Ticks">CPU time of its own.</param>
    /// <param name="TicksOfEnded">CPU time of its children that have ended.</param>
    private sealed record ProcessState(string Name, int Parent, long Ticks, long TicksOfEnded);
}
