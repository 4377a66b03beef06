using System.CommandLine;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Server.Hosting;

namespace Rondo.Server.Commands;

/// <summary><c>rondo projects create</c> and <c>rondo projects list</c>.</summary>
internal static class ProjectsCommand
{
    private static readonly Uri Projects = new("/api/v1/projects", UriKind.Relative);

    public static Command Create() => new("projects", "Makes and lists projects") { CreateCreate(), CreateList(), CreateRetention() };

    private static Command CreateCreate()
    {
        var name = new Argument<string>("NAME") { Description = "The project's name" };
        var token = new Option<string?>("--token") { Description = "Public token for SDKs; 32 hex digits are made up when left out", HelpName = "T" };
        var secret = new Option<string?>("--secret") { Description = "Secret for /import; made up when left out", HelpName = "S" };
        var restKey = new Option<string?>("--rest-key") { Description = "Key for the REST interfaces; made up when left out", HelpName = "K" };
        var timeZone = new Option<string?>("--time-zone") { Description = "Where its days begin, such as Europe/Berlin; default UTC", HelpName = "Z" };
        var data = CommonOptions.Data();
        var command = new Command("create", "Makes a project and prints it with its keys, this once") { name, token, secret, restKey, timeZone, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = new NewProject(parsed.GetRequiredValue(name), parsed.GetValue(token), parsed.GetValue(secret), parsed.GetValue(restKey), parsed.GetValue(timeZone));
            await using var server = await ServerConnection.OpenAsync(parsed.GetRequiredValue(data), cancellationToken);
            using var reply = await server.Http.PostAsJsonAsync(Projects, wanted, ModelJson.Options, cancellationToken);
            await Console.Out.WriteLineAsync(await ApiReply.ReadAsync(reply, cancellationToken));
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static Command CreateRetention()
    {
        var project = CommonOptions.Project();
        var days = new Option<int?>("--days") { Description = "Days to keep events, at least 1; for ever when left out", HelpName = "N" };
        var data = CommonOptions.Data();
        var command = new Command("retention", "Sets how long events are kept; older ones are gone for good when it ends") { project, days, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var server = await ServerConnection.OpenAsync(parsed.GetRequiredValue(data), cancellationToken);
            var (id, _) = await ProjectReference.FindAsync(server.Http, parsed.GetRequiredValue(project), cancellationToken);
            var path = new Uri(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Projects}/{id}/retention"), UriKind.Relative);
            using var reply = await server.Http.PutAsJsonAsync(path, new { Days = parsed.GetValue(days) }, ModelJson.Options, cancellationToken);
            await Console.Out.WriteLineAsync(await ApiReply.ReadAsync(reply, cancellationToken));
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static Command CreateList()
    {
        var data = CommonOptions.Data();
        var command = new Command("list", "Prints all projects") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var server = await ServerConnection.OpenAsync(parsed.GetRequiredValue(data), cancellationToken);
            using var reply = await server.Http.GetAsync(Projects, cancellationToken);
            await Console.Out.WriteLineAsync(await ApiReply.ReadAsync(reply, cancellationToken));
            return (int)ExitCode.Done;
        });
        return command;
    }
}
