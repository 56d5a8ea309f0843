using System.Runtime.Versioning;

namespace Plateau.Server.Tests.Commands;

/// <summary>What a shell offers when someone presses Tab: the script, run by the shell itself.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CompletionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plateau-shell-").FullName;
    private readonly Dictionary<string, string> _environment;

    /// <summary>A home with the executable on the path.</summary>
    public CompletionTests()
    {
        var plateau = Path.Combine(_folder, "plateau");
        var line = string.Join(' ', Executable.LineOf([]).Select(one => $"'{one}'"));
        File.WriteAllText(plateau, $"#!/bin/sh\nexec {line} \"$@\"\n");
        File.SetUnixFileMode(plateau, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _environment = new()
        {
            ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = _folder, ["XDG_CONFIG_HOME"] = _folder, ["ZDOTDIR"] = _folder, ["TERM"] = "dumb",
        };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("plateau dev", "devices")]
    [InlineData("plateau devices ", "consents create delete list show update")]
    [InlineData("plateau devices create --battery-p", "--battery-power-kw")]
    [InlineData("plateau states export --format p", "parquet")]
    [InlineData("plateau devices update dev_65f0c2a4b1d2e3f405060708 --consent telemetry=f", "false")]
    [InlineData("plateau nonsense x", "")]
    public async Task Bash_offers_what_may_come_next(string line, string offered)
    {
        // What readline does with a function: it tells the line and takes what COMPREPLY has.
        var ended = await RunAsync("bash", "-c", """
            eval "$(plateau completion bash)"
            set -- $(complete -p plateau)
            [ "$*" = "complete -o default -F _plateau plateau" ] || exit 9
            COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_WORDS=($LINE)
            _plateau
            printf '%s\n' "${COMPREPLY[@]}" | grep -v '^-.$\|^--help$\|^$' | sort | paste -sd ' '
            """, line);

        Assert.Equal(offered, ended.Text);
    }

    [Theory]
    [InlineData("plateau dev", "ices ")]
    [InlineData("plateau devices create --battery-p", "ower-kw ")]
    [InlineData("plateau states export --format p", "arquet ")]
    [InlineData("plateau devices update dev_65f0c2a4b1d2e3f405060708 --consent telemetry=f", "alse ")]
    [InlineData("plateau states import map", ".csv ")]
    public async Task Zsh_completes_the_line(string line, string rest)
    {
        // The line, as it is after Tab, is written to a file by a key that then ends the shell.
        await WriteAsync(".zshrc", """
            cd "$ZDOTDIR"
            autoload -U compinit
            compinit -u -D
            source <(plateau completion zsh)
            tell() { print -rn -- "$BUFFER" > told; BUFFER=exit; zle accept-line }
            zle -N tell
            bindkey '^G' tell
            PS1='ready> '
            """);
        await WriteAsync("map.csv", "");

        var ended = await CommandUser.RunOnTerminalAsync("ready> ", line + "\t\a", "zsh -i", _environment);

        Assert.True(File.Exists(Path.Combine(_folder, "told")), ended.Output);
        Assert.Equal(line + rest, await File.ReadAllTextAsync(Path.Combine(_folder, "told"), Cancel));
    }

    [Theory]
    [InlineData("plateau dev", "devices")]
    [InlineData("plateau devices ", "consents create delete list show update")]
    [InlineData("plateau devices create --battery-p", "--battery-power-kw")]
    [InlineData("plateau states export --format p", "parquet")]
    [InlineData("plateau devices update dev_65f0c2a4b1d2e3f405060708 --consent telemetry=f", "telemetry=false")]
    [InlineData("plateau states import map", "map.csv")]
    [InlineData("plateau nonsense x", "")]
    public async Task Fish_offers_what_may_come_next(string line, string offered)
    {
        await WriteAsync("map.csv", "");

        var ended = await RunAsync(
            "fish", "-c", "cd $HOME; plateau completion fish | source; complete -C $LINE", line);

        Assert.Equal(
            offered, string.Join(' ', ended.Text.Split('\n').Except(["", "-?", "-h", "--help"]).Order()));
    }

    [Fact]
    public async Task Another_shell_is_refused() =>
        (await Executable.RunAsync(["completion", "tcsh"])).FailedWith(2, "tcsh");

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder, name), text, Cancel);

    private async Task<Ended> RunAsync(string shell, string option, string script, string line)
    {
        using var process = Executable.Start(
            [], new Dictionary<string, string>(_environment) { ["LINE"] = line }, shell, option, script, shell);
        return await Executable.EndAsync(process);
    }
}
