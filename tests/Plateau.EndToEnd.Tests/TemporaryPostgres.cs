using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Plateau.EndToEnd.Tests;

/// <summary>A PostgreSQL of one test's own, which it may stop and start.</summary>
internal sealed class TemporaryPostgres : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _bin;

    private TemporaryPostgres(string folder, string bin)
    {
        _folder = folder;
        _bin = bin;
    }

    /// <summary>How to connect, over a socket in its own folder.</summary>
    public string ConnectionString => $"Host={Cluster};Username=plateau;Database=postgres;MaxPoolSize=20";

    private string Cluster => Path.Combine(_folder, "cluster");

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="parent">Where its folder is made; null among the system's temporary files.</param>
    public static async Task<TemporaryPostgres> StartNewAsync(string? parent = null)
    {
        var folder = parent is null
            ? Directory.CreateTempSubdirectory("plateau-postgres-").FullName
            : Directory.CreateDirectory(Path.Combine(parent, "postgres")).FullName;
        var postgres = new TemporaryPostgres(folder, FindBin());
        await RunAsync("chmod", "755", folder);
        Directory.CreateDirectory(postgres.Cluster);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", postgres.Cluster);
        }
        await postgres.RunAsPostgresAsync(
            "initdb", "-D", postgres.Cluster, "-U", "plateau", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            "--no-sync");
        await postgres.StartAsync();
        return postgres;
    }

    /// <summary>Starts it and returns once it takes connections.</summary>
    public Task StartAsync() => RunAsPostgresAsync(
        "pg_ctl", "-D", Cluster, "-w", "-l", Path.Combine(Cluster, "log"), "-o",
        $"-c listen_addresses= -c unix_socket_directories={Cluster} -c max_connections=60 -c max_wal_size=128MB",
        "start");

    /// <summary>Stops it without a word to those connected, as a crash does.</summary>
    public Task CrashAsync() => RunAsPostgresAsync("pg_ctl", "-D", Cluster, "-w", "-m", "immediate", "stop");

    /// <summary>Stops it as an operator does: transactions are rolled back and connections closed.</summary>
    public Task StopAsync() => RunAsPostgresAsync("pg_ctl", "-D", Cluster, "-w", "-m", "fast", "stop");

    /// <summary>Starts it where it has ended by itself, and returns once it takes connections.</summary>
    public Task RecoverAsync() => Until.TrueAsync("PostgreSQL had recovered", async () =>
    {
        if (!File.Exists(Path.Combine(Cluster, "postmaster.pid")))
        {
            await StartAsync();
        }
        return await IsTakingConnectionsAsync();
    });

    /// <summary>Cuts every connection of a server process, whatever it is doing.</summary>
    /// <returns>How many those were.</returns>
    public async Task<int> CutConnectionsAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("""
            select count(pg_terminate_backend(pid))::integer from pg_stat_activity
            where application_name = 'plateau' and pid <> pg_backend_pid()
            """, connection);
        return (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Cluster, "postmaster.pid")))
        {
            await CrashAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsTakingConnectionsAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=False");
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string FindBin()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
                .Where(folder => File.Exists(Path.Combine(folder, "initdb")))
                .MaxBy(folder => double.Parse(folder.Split('/')[^2], CultureInfo.InvariantCulture))
            : null;
        Assert.True(
            bin is not null,
            "PostgreSQL's own programs must be in /usr/lib/postgresql; Debian's package postgresql has them.");
        return bin;
    }

    // PostgreSQL refuses to run as root.
    private Task RunAsPostgresAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_bin, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // Output is not read: the server that pg_ctl leaves behind would keep the pipe open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "exec \"$@\" >/dev/null 2>&1", "sh", program },
            WorkingDirectory = "/",
        }.With(arguments)) ?? throw new InvalidOperationException($"{program} did not start.");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}

/// <summary>Arguments from a list.</summary>
internal static class StartInfoArguments
{
    public static ProcessStartInfo With(this ProcessStartInfo start, IEnumerable<string> arguments)
    {
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        return start;
    }
}
