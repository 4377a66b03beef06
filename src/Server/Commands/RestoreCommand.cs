using System.CommandLine;
using Rondo.Server.Backups;

namespace Rondo.Server.Commands;

/// <summary><c>rondo restore</c>: a new data folder from a backup.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var backup = new Argument<string>("BACKUP") { Description = "The folder or archive that 'rondo backup' wrote" };
        var data = new Option<string>("--data") { Description = "The data folder to make; must not exist, or be empty", HelpName = "DIR", Required = true };
        var command = new Command("restore", "Makes a new data folder from a backup, after comparing every file with what was written") { backup, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var manifest = await RestoredFolder.WriteAsync(Path.GetFullPath(parsed.GetRequiredValue(backup)), parsed.GetRequiredValue(data), cancellationToken);
            await Console.Out.WriteLineAsync(ApiReply.Write(new { Data = Path.GetFullPath(parsed.GetRequiredValue(data)), BackedUpAt = manifest.CreatedAt, manifest.Projects }));
            return (int)ExitCode.Done;
        });
        return command;
    }
}
