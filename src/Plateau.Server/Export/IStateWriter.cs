namespace Plateau.Server.Export;

/// <summary>Writes the lines of an export in one format. What is written is complete once it is disposed.</summary>
internal interface IStateWriter : IAsyncDisposable
{
    /// <summary>Writes one line, or keeps it until there are enough of them.</summary>
    ValueTask WriteAsync(ExportedState line, CancellationToken cancel);

    /// <summary>Writes what was kept and whatever ends the file.</summary>
    ValueTask CompleteAsync(CancellationToken cancel);
}
