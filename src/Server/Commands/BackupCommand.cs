using System.CommandLine;
using Rondo.Server.Hosting;

namespace Rondo.Server.Commands;

/// <summary><c>rondo backup</c>: a copy of the data folder, while a server uses it or not.</summary>
internal static class BackupCommand
{
    private const string Description =
        """
        Copies the data folder to a new folder, or into an archive (.tar, .tar.gz, .tgz).

        A server on the folder goes on serving. Every event acknowledged before the command is in the copy, and so are
        projects, cohorts, campaigns, accounts and keys: keep it as safe as the folder itself.
        """;

    public static Command Create()
    {
        var target = new Argument<string>("TARGET") { Description = "Where to; must not exist" };
        var data = CommonOptions.Data();
        var command = new Command("backup", Description) { target, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var server = await ServerConnection.OpenAsync(parsed.GetRequiredValue(data), cancellationToken);
            var wanted = new { Target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetRequiredValue(target))) };
            using var reply = await server.Http.PostAsJsonAsync(new Uri("/api/v1/backups", UriKind.Relative), wanted, cancellationToken);
            await Console.Out.WriteLineAsync(await ApiReply.ReadAsync(reply, cancellationToken));
            return (int)ExitCode.Done;
        });
        return command;
    }
}
