using System.Globalization;
using Plateau.Server.Access;
using Plateau.Server.Commands;

namespace Plateau.Server.Tests.Commands;

/// <summary>What the executable makes of its arguments.</summary>
public sealed class ArgumentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("demo")]
    [InlineData("migrate")]
    [InlineData("accounts create")]
    [InlineData("accounts list")]
    [InlineData("accounts disable")]
    [InlineData("accounts enable")]
    [InlineData("accounts retain")]
    [InlineData("keys create")]
    [InlineData("keys list")]
    [InlineData("keys revoke")]
    [InlineData("backup")]
    [InlineData("doctor")]
    [InlineData("states import")]
    public async Task Help_describes_a_command_and_all_it_takes(string command)
    {
        var ended = await RunAsync($"{command} --help");

        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(ended.Error);
        Assert.StartsWith("Description:", ended.Output, StringComparison.Ordinal);
        Assert.Matches($@"Usage:\s+\S+ {command}", ended.Output);
        // A line that only names an option, without a word about it, has no second column.
        Assert.DoesNotMatch(@"(?m)^  (-\S+)( <[^>]*>)?\s*$", ended.Output);
    }

    [Theory]
    [InlineData("", 16)]
    [InlineData("devices", 6)]
    [InlineData("accounts", 5)]
    [InlineData("keys", 3)]
    [InlineData("states", 7)]
    public async Task Help_tells_of_each_command_below_in_one_line(string command, int commands)
    {
        var ended = await RunAsync($"{command} --help");

        var lines = ended.Output.Split("Commands:")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !string.IsNullOrWhiteSpace(line)).ToList();
        Assert.Equal(commands, lines.Count);
        Assert.All(lines, line => Assert.Matches(@"^  [a-z]+( <[a-z|]+>)*  +[A-Z].*\.\s*$", line));
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var ended = await Executable.RunAsync(["--version"]);

        Assert.Matches(@"^\d+\.\d+\.\d+(\+[0-9a-f]+)?$", ended.Text);
        Assert.Empty(ended.Error);
    }

    [Theory]
    [InlineData("", "A command is missing; there are serve, demo, ")]
    [InlineData("serv", "'serv' is not a command; there are serve, demo, ")]
    [InlineData("accounts", "A command is missing; there are create, list, ")]
    [InlineData("devices lst", "'lst' is not a command; there are list, ")]
    [InlineData("keys creat acc_65f0c2a4b1d2e3f405060708 --scope manage", "are create, list and revoke.")]
    [InlineData("--bogus", "'--bogus'")]
    [InlineData("account --profile a/b", "A profile's name is 1 to ")]
    [InlineData("account --profile", "--profile")]
    [InlineData("account key", "'key' is not a command; there are keys, audit and requests.")]
    [InlineData("accounts --data-dir", "--data-dir")]
    [InlineData("devices list --kind batterie", "'battery' 'pv' 'inverter' 'ev_charger' 'heat_pump'")]
    [InlineData("accounts create", "create")]
    [InlineData("accounts disable acc_1", "'acc_1' is not an id")]
    [InlineData("accounts list --limit 0", "--limit is 1 to 10000")]
    [InlineData("accounts list --limit many", "many")]
    [InlineData("keys create loc_65f0c2a4b1d2e3f405060708", "is not an id such as acc_")]
    [InlineData("keys create acc_65f0c2a4b1d2e3f405060708 --scope all", "all")]
    [InlineData("keys revoke key_x", "'key_x' is not an id")]
    [InlineData("migrate now", "now")]
    [InlineData("migrate --set x=1", "Section:Key=value")]
    [InlineData("serve --urls nowhere", "'nowhere' is not an address")]
    [InlineData("serve --urls http://127.0.0.1:99999", "'http://127.0.0.1:99999' is not an address")]
    [InlineData(
        "states submit dev_000000000000000000000001 --location loc_000000000000000000000001 --charge 3,4 --target 80",
        "--charge is a number such as 13.5; it was '3,4'.")]
    [InlineData("states import x.csv --target 8,5", "--target is a number such as 13.5; it was '8,5'.")]
    [InlineData("doctor --data-dir", "--data-dir")]
    public async Task Bad_arguments_are_told_in_one_line_and_end_with_2(string arguments, string reason)
    {
        (await RunAsync(arguments)).FailedWith(2, reason);
    }

    [Theory]
    [InlineData("login http://127.0.0.1:5080 {0}", "acc_")]
    [InlineData("devices list --location {0}", "loc_")]
    public async Task A_secret_key_in_place_of_an_id_is_not_repeated(string arguments, string prefix)
    {
        var key = Secrets.NewSecretKey(liveMode: false);

        var ended = await RunAsync(string.Format(CultureInfo.InvariantCulture, arguments, key));

        ended.FailedWith(2, $"A secret key stands where an id such as {prefix}");
        Assert.DoesNotContain(key, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_process_ends_with_2_too() =>
        (await Executable.RunAsync(["accounts", "create"])).FailedWith(2, "See plateau accounts create --help.");

    [Fact]
    public async Task A_name_is_held_to_its_limits() =>
        (await RunAsync($"accounts create {new string('x', 256)}")).FailedWith(2, "1 to 255 characters");

    [Fact]
    public async Task A_name_has_no_control_characters() =>
        (await RunAsync("accounts create a\u0007b")).FailedWith(2, "without control characters");

    [Fact]
    public async Task The_value_of_a_misspelt_setting_is_not_told()
    {
        var ended = await RunAsync("migrate --set Storage.Postgres=Host=db;Password=hush");

        ended.FailedWith(2, "'Storage.Postgres' is not of the form Section:Key=value.");
        Assert.DoesNotContain("hush", ended.Error, StringComparison.Ordinal);
    }

    // What the process's first line does, without the cost of a process.
    private static async Task<Ended> RunAsync(string arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error);
        return new Ended(exitCode, output.ToString(), error.ToString());
    }
}
