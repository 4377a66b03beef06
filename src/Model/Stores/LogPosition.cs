namespace Rondo.Model.Stores;

/// <summary>
/// A place in a project's log: the number of the batch last written. Positions only grow. The default (0) is before
/// everything.
/// </summary>
public readonly record struct LogPosition(long Value) : IComparable<LogPosition>
{
    /// <inheritdoc/>
    public int CompareTo(LogPosition other) => Value.CompareTo(other.Value);
}
