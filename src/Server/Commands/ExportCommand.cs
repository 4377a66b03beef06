using System.CommandLine;
using Rondo.Server.Hosting;

namespace Rondo.Server.Commands;

/// <summary><c>rondo export</c>: every event as lines of JSON, as Mixpanel exports them; <c>rondo import --format mixpanel</c> reads them back.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var project = CommonOptions.Project();
        var from = new Option<string?>("--from") { Description = "First day, such as 2026-01-01 (project time zone)", HelpName = "DATE" };
        var to = new Option<string?>("--to") { Description = "Last day, included", HelpName = "DATE" };
        var events = new Option<string[]>("--event") { Description = "Only events of this name; may be repeated", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var output = new Option<FileInfo?>("--output") { Description = "File to write; standard output when left out", HelpName = "FILE" };
        var data = CommonOptions.Data();
        var command = new Command("export", "Writes events as one JSON object a line, without duplicates") { project, from, to, events, output, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = new List<string> { $"project={Uri.EscapeDataString(parsed.GetRequiredValue(project))}" };
            query.AddRange(new[] { ("from", parsed.GetValue(from)), ("to", parsed.GetValue(to)) }
                .Where(bound => bound.Item2 is not null)
                .Select(bound => $"{bound.Item1}={Uri.EscapeDataString(bound.Item2!)}"));
            query.AddRange(parsed.GetRequiredValue(events).Select(name => $"event={Uri.EscapeDataString(name)}"));

            await using var server = await ServerConnection.OpenAsync(parsed.GetRequiredValue(data), cancellationToken);
            using var reply = await server.Http.GetAsync(new Uri($"/api/v1/events/export?{string.Join('&', query)}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await ApiReply.RequireSuccessAsync(reply, cancellationToken);
            await using var target = parsed.GetValue(output)?.Create() ?? Console.OpenStandardOutput();
            await reply.Content.CopyToAsync(target, cancellationToken);
            return (int)ExitCode.Done;
        });
        return command;
    }
}
