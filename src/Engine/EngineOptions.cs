using Rondo.Engine.Disk;

namespace Rondo.Engine;

/// <summary>Settings of the embedded store; every default is fit for a machine with two cores.</summary>
public sealed record EngineOptions
{
    /// <summary>Threads that answer one question. Default: the processors of the machine.</summary>
    public int QueryThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Events the head may hold before they are sealed into a part. Default 262,144; at least 1.</summary>
    public int SealAfterRows { get; init; } = 262_144;

    /// <summary>Longest time that events stay in the head. Default 10 minutes.</summary>
    public TimeSpan SealAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Parts of like size that are merged into one. Default 4; at least 2.</summary>
    public int CompactionFanIn { get; init; } = 4;

    /// <summary>How long sealed batches stay readable in the log. Default 48 hours.</summary>
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromHours(48);

    /// <summary>Appends that one commit may gather. Default 64 batches.</summary>
    public int MaximumBatchesPerCommit { get; init; } = 64;

    /// <summary>
    /// How long an append waits for room when as much is unsealed as may be and parts cannot be written; then it is refused. It
    /// waits as long as needed while parts are written, only slower than events come. Default 10 seconds; 0 does not wait.
    /// </summary>
    public TimeSpan LongestWaitForRoom { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where everything is written. Default the file system; tests put one in that fails.</summary>
    internal IDisk Disk { get; init; } = LocalDisk.Instance;

    /// <summary>Ids in the tables from which on they are written into a file of their own. Default 65,536.</summary>
    internal int FewestIdsForFile { get; init; } = 65_536;

    /// <summary>Checks the settings; the message names the field.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal void Check()
    {
        Require(QueryThreads is >= 1 and <= 256, nameof(QueryThreads), "1 to 256");
        Require(SealAfterRows >= 1, nameof(SealAfterRows), "1 or more");
        Require(SealAfter > TimeSpan.Zero, nameof(SealAfter), "longer than nothing");
        Require(CompactionFanIn is >= 2 and <= 64, nameof(CompactionFanIn), "2 to 64");
        Require(LogRetention >= TimeSpan.Zero, nameof(LogRetention), "0 or longer");
        Require(MaximumBatchesPerCommit >= 1, nameof(MaximumBatchesPerCommit), "1 or more");
        Require(LongestWaitForRoom >= TimeSpan.Zero, nameof(LongestWaitForRoom), "0 or longer");
    }

    private static void Require(bool holds, string field, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{field} must be {rule}.", field);
        }
    }
}
