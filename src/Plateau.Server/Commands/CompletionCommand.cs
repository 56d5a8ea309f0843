using System.CommandLine;

namespace Plateau.Server.Commands;

/// <summary>
/// <c>plateau completion</c>: a script that lets a shell ask this executable what may come next. So the shell always
/// knows the commands and options of the version that is installed.
/// </summary>
internal static class CompletionCommand
{
    private const string Help = """
        Print a script that completes commands and options in a shell: bash, zsh or fish.

        Examples:
          source <(plateau completion bash)             in ~/.bashrc
          source <(plateau completion zsh)              in ~/.zshrc, after compinit
          plateau completion fish > ~/.config/fish/completions/plateau.fish
        """;

    // What is suggested contains the word; only what begins with it is offered, and files where nothing does.
    // A word that holds = or : is several words to bash, so what stands before the last of them is taken off again.
    private const string Bash = """
        _plateau() {
            local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\n' one
            local word="${line##*[[:space:]]}"
            local before="${word%"${word##*[=:]}"}"
            COMPREPLY=()
            for one in $("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null); do
                if [[ "$one" == "$word"* && "$one" != /* ]]; then COMPREPLY+=("${one#"$before"}"); fi
            done
        }
        complete -o default -F _plateau plateau
        """;

    private const string Zsh = """
        _plateau() {
            local line="${BUFFER[1,CURSOR]}"
            local -a found
            found=(${(f)"$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"})
            found=(${(M)${found:#/*}:#${(b)PREFIX}*})
            if (( $#found )); then compadd -a found; else _files; fi
        }
        compdef _plateau plateau
        """;

    private const string Fish = """
        function __plateau_complete
            set -l line (commandline -cp)
            set -l word (commandline -ct)
            set -l wanted '^(?!/)'(string escape --style=regex -- "$word")'.*'
            set -l found (plateau "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null)
            set found (string match -r -- $wanted $found)
            if set -q found[1]; printf '%s\n' $found; else; __fish_complete_path "$word"; end
        end
        complete -c plateau -f -a '(__plateau_complete)'
        """;

    private static readonly Argument<string> Shell =
        new Argument<string>("shell") { Description = "The shell." }.AcceptOnlyFromAmong("bash", "zsh", "fish");

    public static Command Create()
    {
        var command = new Command("completion", Help) { Shell };
        command.SetAction(result => result.InvocationConfiguration.Output.WriteLine(result.GetValue(Shell) switch
        {
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Bash,
        }));
        return command;
    }
}
