using Plateau.Server.Commands;

return await RootCommands.Create().Parse(args).InvokeAsync();
