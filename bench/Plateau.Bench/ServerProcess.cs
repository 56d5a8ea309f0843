using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Plateau.Contracts;

namespace Plateau.Bench;

/// <summary>A server that is measured, running in a process of its own until it is disposed of.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // The kernel keeps the first 15 characters of a thread's name.
    private const string CompilerThread = ".NET Tiered Com";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private string _lastError = "";

    private ServerProcess(Process process, IPEndPoint address, PostgresProcesses? postgres)
    {
        _process = process;
        Address = address;
        Postgres = postgres;
        // What is not read would stop the process once the pipe is full.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, line) => _lastError = line.Data ?? _lastError;
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>The cluster it works on; null when it has none.</summary>
    public PostgresProcesses? Postgres { get; }

    /// <summary>From the start of the process until it was ready.</summary>
    public TimeSpan Start { get; private set; }

    /// <summary>CPU time it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>
    /// CPU time that its runtime has used so far to translate methods again that are often run; zero where it is not
    /// .NET. It falls when the thread that does so ends because there is nothing left to do.
    /// </summary>
    public TimeSpan CompilerTime => TimeSpan.FromMicroseconds(
        Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
            .Where(task => ReadLine(task, "comm") == CompilerThread)
            .Sum(task => long.TryParse(ReadLine(task, "schedstat").Split(' ')[0], out var spent) ? spent / 1_000 : 0));

    /// <summary>Memory that is in use now, MiB.</summary>
    public double ResidentMebibytes => ReadStatus("VmRSS");

    /// <summary>Memory that was in use at the most, MiB.</summary>
    public double MostResidentMebibytes => ReadStatus("VmHWM");

    /// <summary>Starts a program and returns once it is ready.</summary>
    /// <param name="program">The program, by path or name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="address">Where it will listen.</param>
    /// <param name="readyPath">A path that answers with success once it is ready.</param>
    /// <param name="postgres">The cluster it works on; null when it has none.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public static async Task<ServerProcess> StartAsync(
        string program, IEnumerable<string> arguments, IPEndPoint address, string readyPath,
        PostgresProcesses? postgres, CancellationToken cancel)
    {
        var start = TimeProvider.System.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} does not start.");
        var server = new ServerProcess(process, address, postgres);
        try
        {
            await server.WaitUntilReadyAsync(readyPath, cancel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        server.Start = TimeProvider.System.GetElapsedTime(start);
        return server;
    }

    /// <summary>Signs in and answers the bearer token.</summary>
    public async Task<string> SignInAsync(Fleet fleet, CancellationToken cancel)
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{fleet.Account}:{fleet.Secret}"));
        var answer = await GetAsync("/login", new("Basic", credentials), cancel);
        return JsonSerializer.Deserialize(answer, ContractsJsonContext.Default.AccessToken)?.BearerToken
            ?? throw new InvalidOperationException("Signing in gave no token.");
    }

    /// <summary>The bytes of one answer, which must be a success.</summary>
    public async Task<byte[]> GetAsync(string path, AuthenticationHeaderValue? authorization, CancellationToken cancel)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = authorization;
        return await http.GetByteArrayAsync(new Uri($"http://{Address}{path}"), cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var ask = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(string path, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var http = new HttpClient();
        while (!_process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://{Address}{path}"), patience.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
        throw new InvalidOperationException(
            $"{_process.StartInfo.FileName} ended with {_process.ExitCode} before it was ready. {_lastError}");
    }

    // Empty when the thread has just ended.
    private static string ReadLine(string task, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, file)).TrimEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private double ReadStatus(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status")
            .First(one => one.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
            / 1024;
    }
}
