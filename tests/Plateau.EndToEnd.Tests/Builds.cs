namespace Plateau.EndToEnd.Tests;

/// <summary>
/// Tests that build for minutes. They run after all others: beside them a browser and the servers of the fault run
/// would wait for a processor longer than anybody does.
/// </summary>
[CollectionDefinition("Builds", DisableParallelization = true)]
public sealed class Builds;
