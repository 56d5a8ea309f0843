namespace Plateau.Server.WebConsole;

/// <summary>The console, the pages for people at <c>/console</c>.</summary>
internal sealed class ConsoleOptions
{
    /// <summary>Whether the server has a console. Default true.</summary>
    public bool Enabled { get; set; } = true;
}
