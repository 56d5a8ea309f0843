using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Plateau.Server.Tests.Demo;

/// <summary><c>plateau demo</c> as a process of its own, on the embedded engine unless told otherwise.</summary>
internal sealed class DemoProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private DemoProcess(Process process, string address)
    {
        _process = process;
        BaseAddress = address;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public string BaseAddress { get; }

    /// <summary>Starts the demo and waits until it says that it is ready.</summary>
    public static async Task<DemoProcess> StartAsync(string dataDirectory, params string[] arguments)
    {
        var address = FormattableString.Invariant($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = dataDirectory,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "plateau.dll"),
                "demo", "--urls", address, "--data-dir", dataDirectory,
            },
        };
        Array.ForEach(arguments, start.ArgumentList.Add);
        var demo = new DemoProcess(Process.Start(start)!, address); // null only for a process that is reused
        using var http = new HttpClient();
        await WaitUntilAsync(async () => demo._process.HasExited || await IsReadyAsync(http, address));
        if (demo._process.HasExited)
        {
            Assert.Fail($"The demo ended: {await demo._output}{await demo._error}");
        }
        return demo;
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task WaitUntilAsync(Func<Task<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (!await holds())
        {
            await Task.Delay(PollPause, TimeProvider.System, patience.Token);
        }
    }

    /// <summary>A caller with the key of <c>demo.json</c>.</summary>
    public static async Task<ApiClient> SignInAsync(JsonNode file)
    {
        var client = new ApiClient(new HttpClient { BaseAddress = new Uri(file["base_url"]!.GetValue<string>()) });
        Contracts.ObjectIdText.TryParse(file["account_id"]!.GetValue<string>(), out Contracts.AccountId account);
        await client.SignInAsync(account, file["secret_key"]!.GetValue<string>());
        return client;
    }

    /// <summary>Asks it to stop, and returns its exit code, how long that took and what it printed.</summary>
    public async Task<(int ExitCode, TimeSpan Took, string Output)> TerminateAsync()
    {
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        using var kill = Process.Start(
            "/bin/sh", ["-c", "kill -TERM " + _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var took = clock.GetElapsedTime(started);
        return (_process.ExitCode, took, await _output + await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, string address)
    {
        try
        {
            using var answer = await http.GetAsync(
                new Uri(address + "/health/ready"), TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
