using System.CommandLine;
using Plateau.Server.Commands;

// A server that is asked to stop first answers what it has taken; the library's own limit of two seconds is too short.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) };
return await RootCommands.Create().Parse(args).InvokeAsync(invocation);
