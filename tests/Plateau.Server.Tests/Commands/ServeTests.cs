using System.Net;
using System.Net.Sockets;

namespace Plateau.Server.Tests.Commands;

/// <summary><c>plateau serve</c>: how it starts, refuses to start, and stops.</summary>
public sealed class ServeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, EveryStore]
    public async Task It_makes_its_store_serves_and_ends_well_on_SIGTERM(Store kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await using var server = await ServingProcess.StartAsync(store.Arguments);
        using var http = new HttpClient { BaseAddress = server.Address };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", Cancel)).StatusCode);
        var ended = await server.TerminateAsync();

        Assert.Equal(0, ended.ExitCode);
        // What it has to say goes to standard error, and the one object was all of its data.
        Assert.Empty(ended.Output);
        Assert.Contains("Now listening on", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_chooses_the_store_and_the_command_line_wins_over_it()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        await using var other = await TestStore.CreateAsync(Store.Embedded);
        var environment = new Dictionary<string, string> { ["PLATEAU__STORAGE__DATADIRECTORY"] = other.DataDirectory };

        Assert.Equal(0, (await Executable.RunAsync(["migrate"], environment)).ExitCode);
        Assert.True(File.Exists(Path.Combine(other.DataDirectory, "plateau.db")));
        Assert.Equal(0, (await Executable.RunAsync(["migrate", .. store.Arguments], environment)).ExitCode);
        Assert.True(File.Exists(Path.Combine(store.DataDirectory, "plateau.db")));
    }

    [Fact]
    public async Task The_environment_chooses_PostgreSQL()
    {
        await using var store = await TestStore.CreateAsync(Store.Postgres);
        var environment = new Dictionary<string, string> { ["PLATEAU__STORAGE__POSTGRES"] = store.Postgres! };

        var ended = await Executable.RunAsync(["migrate", "--json"], environment);

        Assert.Equal("postgres", ended.Json["engine"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_wrong_setting_in_the_environment_stops_the_start()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        var environment = new Dictionary<string, string> { ["PLATEAU__STORAGE__MAXCONECTIONS"] = "20" };

        var ended = await Executable.RunAsync(["serve", .. store.Arguments], environment);

        ended.FailedWith(1, "There is no setting Plateau:Storage:MAXCONECTIONS.");
        Assert.Empty(Directory.GetFiles(store.DataDirectory));
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("demo")]
    public async Task A_port_in_use_stops_the_start(string command)
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var ended = await Executable.RunAsync(
            store, command, "--urls", $"http://{taken.LocalEndpoint}", "--set", "Logging:LogLevel:Plateau=Warning");

        ended.FailedWith(1, $"Failed to bind to address http://{taken.LocalEndpoint}: address already in use. "
            + "Name another address with --urls.");
    }

    [Fact]
    public async Task A_port_of_metrics_in_use_stops_the_start_and_names_the_setting()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var ended = await Executable.RunAsync(
            store, "serve", "--urls", "http://127.0.0.1:0",
            "--set", $"Observability:MetricsUrl=http://{taken.LocalEndpoint}",
            "--set", "Logging:LogLevel:Plateau=Warning");

        ended.FailedWith(1, "MetricsUrl cannot be listened on: Failed to bind to address");
    }

    [Fact]
    public async Task A_database_out_of_reach_stops_the_start_and_its_password_is_not_told()
    {
        var ended = await Executable.RunAsync(
            ["serve", "--postgres", "Host=127.0.0.1;Port=1;Database=plateau;Username=plateau;Password=hush"]);

        ended.FailedWith(1, "The store PostgreSQL plateau at 127.0.0.1:1 cannot be used: Failed to connect");
        Assert.DoesNotContain("hush", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_store_stops_the_start()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        var file = Path.Combine(store.DataDirectory, "plateau.db");
        await File.WriteAllTextAsync(file, new string('x', 10_000), Cancel);

        (await Executable.RunAsync(store, "serve")).FailedWith(1, $"The store {file} cannot be used:");
        (await Executable.RunAsync(store, "accounts", "list")).FailedWith(1, $"The store {file} cannot be used:");
    }

    [Fact]
    public async Task A_data_directory_that_is_a_file_stops_the_start()
    {
        await using var store = await TestStore.CreateAsync(Store.Embedded);
        var file = Path.Combine(store.DataDirectory, "data");
        await File.WriteAllTextAsync(file, "", Cancel);

        (await Executable.RunAsync(["serve", "--data-dir", file])).FailedWith(1, $"The store {file}");
    }
}
