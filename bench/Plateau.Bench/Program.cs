using Plateau.Bench;

// The executable starts itself again as each server under test, so that load and server share no process.
return args is ["server", var mode, var url, .. var rest]
    ? await BenchServer.RunAsync(mode, url, rest)
    : await BenchCommand.RunAsync(args);
