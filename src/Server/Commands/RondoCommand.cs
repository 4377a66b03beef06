using System.CommandLine;

namespace Rondo.Server.Commands;

/// <summary>The command line: <c>rondo COMMAND</c>.</summary>
internal static class RondoCommand
{
    private const string Description =
        """
        See where people stop coming back, message exactly those people, and know what the message truly did.

        Results go to standard output, progress and logs to standard error.
        Exit codes: 0 done, 1 failed, 2 wrong command line, 3 data folder or address in use, 4 refused,
        5 some records were refused (import --strict).
        """;

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand(Description) { ServeCommand.Create(), DemoCommand.Create(), ProjectsCommand.Create(), ImportCommand.Create(), ExportCommand.Create(), BackupCommand.Create(), RestoreCommand.Create(), DoctorCommand.Create(), BenchCommand.Create() };
        var parsed = root.Parse(arguments);
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = GracePeriod };
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync(invocation);
            return (int)ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (CommandFailure failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return (int)failure.Code;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return (int)ExitCode.Failed;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync($"Something went wrong: {exception}");
            return (int)ExitCode.Failed;
        }
    }
}
