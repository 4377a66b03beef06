using System.CommandLine;

namespace Rondo.Server.Commands;

/// <summary><c>rondo bench</c>: stands here for the list of commands; the launcher starts the program of the benchmarks instead.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Asks Rondo, ClickHouse and DuckDB the same questions and prints times and ratios (from a checkout)") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((Func<ParseResult, int>)(_ => throw new CommandFailure(ExitCode.Failed, "The benchmarks bring the stores they compare with and are built from the sources: run './rondo bench' in a checkout.")));
        return command;
    }
}
