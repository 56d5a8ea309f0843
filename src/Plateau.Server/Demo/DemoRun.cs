using Plateau.Client;
using Plateau.Server.Access;
using Plateau.Server.Commands;
using Plateau.Server.Health;
using Plateau.Server.Storage;

namespace Plateau.Server.Demo;

/// <summary>
/// One start of the demo: the server, then its account and fleet, then the stream, until it is stopped.
/// </summary>
/// <param name="app">The server.</param>
/// <param name="output">Standard output.</param>
/// <param name="json">Whether it prints one JSON object, once it is ready, instead of text for people.</param>
internal sealed class DemoRun(WebApplication app, TextWriter output, bool json)
{
    // Weather and people are the same for everyone who tries it.
    private const ulong Seed = 5080;

    private const int RunIdBytes = 4;

    /// <summary>Runs until the process is asked to stop.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await ServeCommand.MigrateAsync(app.Services, cancel);
        var dataDirectory = app.Services.GetRequiredService<Engine>().Options.DataDirectory;
        var saved = CallerFile.Find(CallerFile.DemoIn(dataDirectory));
        var identity = await WithAccountAsync(account => account.EnsureAsync(saved, cancel));

        var readiness = app.Services.GetRequiredService<Readiness>();
        readiness.Await();
        await ServeCommand.StartAsync(app, cancel);
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        var file = new CallerFile(BaseUrl(), identity.Id.ToString(), identity.SecretKey);
        using var http = NewHttpClient();
        IReadOnlyList<RegisteredDevice> devices = [];
        try
        {
            devices = await RegisterAsync(identity, NewClient(file, identity, http), stopping.Token);
            await file.WriteAsync(CallerFile.DemoIn(dataDirectory), stopping.Token);
            readiness.Complete();
            Announce(file, CallerFile.DemoIn(dataDirectory), identity, devices);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped before it was ready; the next start continues.
        }
        var streaming = NewStream(NewClient(file, identity, http, maxAttempts: 1)).RunAsync(devices, stopping.Token);
        // The listener stops while the stream ends, so that the records on their way are answered.
        await app.WaitForShutdownAsync(stopping.Token);
        Tell(FormattableString.Invariant($"Stopped; {await streaming} states were kept."));
    }

    private async Task<IReadOnlyList<RegisteredDevice>> RegisterAsync(
        DemoIdentity identity, PlateauClient client, CancellationToken cancel)
    {
        var fleet = new DemoFleet(Seed);
        var registration = new DemoRegistration(client);
        try
        {
            if (identity.IsComplete)
            {
                return await registration.FindAsync(fleet, cancel);
            }
            Tell("Registering the demo's devices");
            var devices = await registration.RegisterAsync(fleet, cancel);
            var clock = app.Services.GetRequiredService<TimeProvider>();
            var past = await DemoPast.SubmitAsync(client, devices, clock.GetUtcNow(), cancel);
            Tell(FormattableString.Invariant($"Their last week is kept: {past} states"));
            await WithAccountAsync(async account =>
            {
                await account.CompleteAsync(identity.Id, cancel);
                return true;
            });
            return devices;
        }
        catch (PlateauException fault)
        {
            var what = identity.IsComplete ? "found" : "registered";
            throw new CommandFailure($"The demo's devices cannot be {what}: {fault.Message}", fault);
        }
    }

    private void Announce(
        CallerFile file, string path, DemoIdentity identity, IReadOnlyList<RegisteredDevice> devices)
    {
        if (json)
        {
            output.WriteLine(Report.ToJson(file));
        }
        foreach (var line in DemoAnnouncement.Lines(file, path, identity, devices))
        {
            Tell(line);
        }
    }

    // What only people read.
    private void Tell(string line)
    {
        if (!json)
        {
            output.WriteLine(line);
        }
    }

    private DemoStream NewStream(PlateauClient client)
    {
        var runId = "run-" + Convert.ToHexStringLower(Secrets.RandomBytes(RunIdBytes));
        return ActivatorUtilities.CreateInstance<DemoStream>(app.Services, client, runId);
    }

    private async Task<T> WithAccountAsync<T>(Func<DemoAccount, Task<T>> use)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var account = ActivatorUtilities.CreateInstance<DemoAccount>(scope.ServiceProvider);
        return await CommandFailure.NamingStoreAsync(app.Services.GetRequiredService<Engine>(), () => use(account));
    }

    // An address that means every one of the machine's is reached by its own.
    private string BaseUrl()
    {
        var plain = app.Urls.FirstOrDefault(one => one.StartsWith("http://", StringComparison.Ordinal))
            ?? app.Urls.First();
        var address = BindingAddress.Parse(plain);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return FormattableString.Invariant($"{address.Scheme}://{host}:{address.Port}{address.PathBase}");
    }

    private static PlateauClient NewClient(
        CallerFile file, DemoIdentity identity, HttpClient http, int maxAttempts = 5) => new(
        new PlateauClientOptions
        {
            BaseAddress = new Uri(file.BaseUrl),
            AccountId = identity.Id,
            SecretKey = identity.SecretKey,
            MaxAttempts = maxAttempts,
        },
        http);

    // The demo calls its own process; a proxy meant for the outside would not find it.
    private static HttpClient NewHttpClient() =>
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
}
