namespace Plateau.Server.Tests.Commands;

/// <summary>What a shell offers when someone presses Tab: the script, run by the shell itself.</summary>
public sealed class CompletionTests
{
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
            plateau() { "${command[@]}" "$@"; }
            command=("$@")
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
    [InlineData("zsh", "compdef _plateau plateau")]
    [InlineData("fish", "complete -c plateau")]
    public async Task Zsh_and_fish_have_scripts_that_they_can_read(string shell, string part)
    {
        var script = (await Executable.RunAsync(["completion", shell])).Text;
        Assert.Contains(part, script, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
        (await Executable.RunAsync(["completion", "tcsh"])).FailedWith(2, "tcsh");
    }

    private static async Task<Ended> RunAsync(string shell, string option, string script, string line)
    {
        var environment = new Dictionary<string, string> { ["LINE"] = line };
        using var process = Executable.Start([], environment, shell, option, script, shell);
        return await Executable.EndAsync(process);
    }
}
