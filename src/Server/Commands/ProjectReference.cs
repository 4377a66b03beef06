using System.Text.Json;

namespace Rondo.Server.Commands;

/// <summary>A project as it is named on the command line: by its name or its number.</summary>
internal static class ProjectReference
{
    public static async Task<(int Id, string Name)> FindAsync(HttpClient http, string wanted, CancellationToken cancellationToken)
    {
        using var reply = await http.GetAsync(new Uri("/api/v1/projects", UriKind.Relative), cancellationToken);
        await ApiReply.RequireSuccessAsync(reply, cancellationToken);
        using var document = JsonDocument.Parse(await reply.Content.ReadAsStreamAsync(cancellationToken));
        var projects = document.RootElement.EnumerateArray().Select(project => (Id: project.GetProperty("id").GetInt32(), Name: project.GetProperty("name").GetString()!)).ToList();
        foreach (var project in projects)
        {
            if (project.Name == wanted || project.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == wanted)
            {
                return project;
            }
        }

        throw new CommandFailure(ExitCode.Refused, $"There is no project '{wanted}'. Make it with: rondo projects create \"{wanted}\" --data …");
    }
}
