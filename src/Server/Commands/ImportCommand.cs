using System.CommandLine;
using Rondo.Server.Hosting;
using Rondo.Server.Import;
using Spectre.Console;

namespace Rondo.Server.Commands;

/// <summary><c>rondo import</c>: events from files.</summary>
internal static class ImportCommand
{
    private const string Description =
        """
        Imports events from files, packed with gzip or not.

        Records without an insert id are given one made of their content and line, so importing a file again changes
        nothing, and an interrupted import goes on where it stopped. Records without a user are imported as belonging
        to nobody. What is refused is named in the summary, and the rest is kept.
        """;

    public static Command Create()
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Files to import", Arity = ArgumentArity.OneOrMore };
        files.AcceptExistingOnly();
        var project = CommonOptions.Project();
        var format = new Option<string>("--format") { Description = "mixpanel: events as Mixpanel exports them, ndjson: one object a line, csv: a table with a header", HelpName = "mixpanel|ndjson|csv", DefaultValueFactory = _ => "mixpanel" };
        format.AcceptOnlyFromAmong("mixpanel", "ndjson", "csv");
        var eventField = new Option<string?>("--event") { Description = "Field (column) with the event's name", HelpName = "F" };
        var eventName = new Option<string?>("--event-name") { Description = "Name of every event, instead of --event", HelpName = "NAME" };
        var userField = new Option<string?>("--user") { Description = "Field with the person's id", HelpName = "F" };
        var timeField = new Option<string?>("--time") { Description = "Field with the time: seconds or milliseconds since 1970, or ISO 8601", HelpName = "F" };
        var strict = new Option<bool>("--strict") { Description = "End with code 5 when records were refused" };
        var data = CommonOptions.Data();
        var command = new Command("import", Description) { files, project, format, eventField, eventName, userField, timeField, strict, data };
        command.Validators.Add(result =>
        {
            var isMapped = result.GetValue(format) is "ndjson" or "csv";
            var hasName = result.GetValue(eventField) is null != result.GetValue(eventName) is null;
            if (isMapped && (!hasName || result.GetValue(userField) is null || result.GetValue(timeField) is null))
            {
                result.AddError("The formats ndjson and csv need --user, --time and one of --event and --event-name.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var mapping = parsed.GetValue(userField) is { } user && parsed.GetValue(timeField) is { } time
                ? new FieldMapping(parsed.GetValue(eventField), parsed.GetValue(eventName), user, time)
                : null;
            var summary = await RunAsync(
                parsed.GetRequiredValue(data),
                parsed.GetRequiredValue(project),
                Enum.Parse<ImportFormat>(parsed.GetRequiredValue(format), ignoreCase: true),
                mapping,
                parsed.GetRequiredValue(files),
                cancellationToken);
            await Console.Out.WriteLineAsync(ApiReply.Write(summary));
            return (int)(summary.Refused > 0 && parsed.GetValue(strict) ? ExitCode.SomeRefused : ExitCode.Done);
        });
        return command;
    }

    private static async Task<ImportSummary> RunAsync(string dataDirectory, string projectName, ImportFormat format, FieldMapping? mapping, FileInfo[] files, CancellationToken cancellationToken)
    {
        await using var server = await ServerConnection.OpenAsync(dataDirectory, cancellationToken);
        var (id, name) = await ProjectReference.FindAsync(server.Http, projectName, cancellationToken);
        var summary = new ImportSummary { Project = name };
        var run = new ImportRun(new ImportSender(server.Http, id), format, mapping, dataDirectory, summary);
        var purpose = $"{id} {format} {mapping}";
        var started = TimeProvider.System.GetTimestamp();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape($"Importing into {name}"), maxValue: Math.Max(1, files.Sum(file => file.Length)));
                var doneBytes = 0L;
                foreach (var file in files)
                {
                    await run.ImportAsync(file, purpose, readBytes => bar.Value = doneBytes + readBytes, cancellationToken);
                    doneBytes += file.Length;
                }

                bar.Value = bar.MaxValue;
            });
        summary.Seconds = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 2);
        return summary;
    }
}
