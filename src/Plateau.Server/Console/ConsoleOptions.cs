using System.ComponentModel.DataAnnotations;

namespace Plateau.Server.WebConsole;

/// <summary>The console, the pages for people at <c>/console</c>.</summary>
internal sealed class ConsoleOptions
{
    /// <summary>Whether the server has a console. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Pages open at once; one more is answered 503. Each takes some hundred kilobytes, for three minutes after its
    /// browser was lost too. Default 500.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxOpenPages { get; set; } = 500;

    /// <summary>Pages open at once of one account; one more is answered 503. Default 100.</summary>
    [Range(1, 100_000)]
    public int MaxOpenPagesPerAccount { get; set; } = 100;
}
