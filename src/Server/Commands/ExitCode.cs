namespace Rondo.Server.Commands;

/// <summary>How commands end; scripts depend on the numbers.</summary>
internal enum ExitCode
{
    /// <summary>It was done.</summary>
    Done = 0,

    /// <summary>Something unexpected went wrong; the message is on standard error.</summary>
    Failed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>Another process has the data folder, or the address is taken.</summary>
    FolderInUse = 3,

    /// <summary>The request was refused, for the reasons on standard error.</summary>
    Refused = 4,

    /// <summary>With --strict: it was done, and some records were refused.</summary>
    SomeRefused = 5,
}

/// <summary>Ends a command with a message and a code.</summary>
internal sealed class CommandFailure(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;
}
