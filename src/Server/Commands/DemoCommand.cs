using System.CommandLine;
using Rondo.Analytics.Contracts;
using Rondo.Server.Hosting;

namespace Rondo.Server.Commands;

/// <summary><c>rondo demo</c>: a server with the sample company in it.</summary>
internal static class DemoCommand
{
    private const string ProjectName = "Music Finder";

    public static Command Create()
    {
        var data = CommonOptions.Data("./data/demo");
        var urls = CommonOptions.Urls();
        var command = new Command("demo", "Starts a server with the sample company") { data, urls };
        command.SetAction((parsed, cancellationToken) => ServeCommand.RunAsync(
            new ServerSettings { DataDirectory = parsed.GetRequiredValue(data), Urls = parsed.GetRequiredValue(urls) },
            WelcomeAsync,
            cancellationToken));
        return command;
    }

    private static async Task WelcomeAsync(RondoServer server, CancellationToken cancellationToken)
    {
        var projects = server.Services.GetRequiredService<IProjects>();
        var all = await projects.ListAsync(cancellationToken);
        var project = all.FirstOrDefault(project => project.Name == ProjectName);
        if (project is null)
        {
            var made = await projects.CreateAsync(new NewProject(ProjectName), cancellationToken);
            project = made.Value?.Project ?? throw new CommandFailure(ExitCode.Refused, $"The project {ProjectName} cannot be made: {string.Join(", ", made.Problems)}");
        }

        await Console.Out.WriteLineAsync($"Project {project.Name}, token {project.Token}");
    }
}
