using Rondo.Engine.Parts;
using Rondo.Engine.Planning;

namespace Rondo.Engine.Execution;

/// <summary>The numbers of one property over the events of a track. Read-only, so threads share it.</summary>
internal sealed class PropertyNumbers(Track track, string property)
{
    private readonly NumberColumn?[] _columns = [.. track.Runs.Select(run => run.Run.Property(property)?.Numbers)];

    /// <summary>The number that an event carries; null when it carries none.</summary>
    public double? Of(TrackCursor cursor, int index) =>
        _columns[cursor.RunOf(index)]?.ValueAt(cursor.RowOf(index)) is { } number && !double.IsNaN(number) ? number : null;
}
