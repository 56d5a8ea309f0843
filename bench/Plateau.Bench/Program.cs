using Plateau.Bench;

// The executable starts itself again as a server beside which another is measured: load and server share no process.
return args is ["server", var mode, var url, var path]
    ? await BenchServer.RunAsync(mode, url, path)
    : await BenchCommand.RunAsync(args);
