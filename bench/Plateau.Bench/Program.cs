using Plateau.Bench;

// The first word chooses: a server under test, or the comparison itself, which starts the servers as other processes.
if (args is ["server", var mode, var url, .. var rest])
{
    await BenchServer.RunAsync(mode, url, rest);
    return 0;
}
if (args is ["compare", var engine, var data, var postgres, var seconds, var rounds])
{
    await Comparison.RunAsync(engine, data, postgres, int.Parse(seconds, null), int.Parse(rounds, null));
    return 0;
}
Console.Error.WriteLine("Use ./bench.");
return 2;
