using System.CommandLine;
using System.Diagnostics;
using Rondo.Server.Demo;
using Rondo.Server.Hosting;
using Rondo.Web.Accounts;
using Spectre.Console;

namespace Rondo.Server.Commands;

/// <summary><c>rondo demo</c>: a server with the sample company in it.</summary>
internal static class DemoCommand
{
    private const int DefaultPeople = 20_000;

    public static Command Create()
    {
        var data = CommonOptions.Data("./data/demo");
        var urls = CommonOptions.Urls();
        var people = new Option<int>("--people") { Description = "How many people the sample company has", HelpName = "N", DefaultValueFactory = _ => DefaultPeople };
        var allowPrivate = CommonOptions.AllowPrivateAddresses();
        var store = new StoreOptions();
        var command = new Command("demo", "Starts a server with the sample company") { data, urls, people, allowPrivate };
        store.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ServeCommand.RunAsync(
            new ServerSettings
            {
                DataDirectory = parsed.GetRequiredValue(data),
                Urls = parsed.GetRequiredValue(urls),
                LogLevel = LogLevel.Warning,
                Engine = store.Read(parsed),
                Analytics = ServerSettings.Integrating(parsed.GetValue(allowPrivate)),
            },
            (server, stopping) => WelcomeAsync(server, parsed.GetRequiredValue(people), stopping),
            cancellationToken));
        return command;
    }

    private static async Task WelcomeAsync(RondoServer server, int people, CancellationToken cancellationToken)
    {
        var sample = new SampleCompany(server.Services, server.Services.GetRequiredService<ILogger<SampleCompany>>());
        var started = Stopwatch.GetTimestamp();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var (project, company) = await console.Progress().StartAsync(async progress =>
        {
            var bar = progress.AddTask("Music Finder moves in", maxValue: 1);
            return await sample.OpenAsync(people, done => bar.Value = done, cancellationToken);
        });
        var address = new Uri(server.Note.Url);
        _ = sample.LiveAsync(project, company, address, cancellationToken);
        var link = await server.Services.GetRequiredService<ISignInLinks>().MakeDemoLinkAsync(cancellationToken);
        await Console.Out.WriteLineAsync($"Music Finder: {company.People.Count:n0} people, ready after {Stopwatch.GetElapsedTime(started).TotalSeconds:f1} s");
        await Console.Out.WriteLineAsync($"Sign in (works once): {server.Note.Url}{link}");
        await Console.Out.WriteLineAsync($"Project token: {project.Token}");
    }
}
