using Rondo.Server.Commands;

return await RondoCommand.RunAsync(args);
