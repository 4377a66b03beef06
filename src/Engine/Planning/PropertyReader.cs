using Rondo.Model.Events;
using Rondo.Model.Predicates;

namespace Rondo.Engine.Planning;

/// <summary>Reads one property of any source for the events of a track. Read-only after it was made, so threads share it.</summary>
internal sealed class PropertyReader(PropertyValues values, Track track, PropertySource source, string property)
{
    private readonly RowValues[] _runs = [.. track.Runs.Select(run => values.Of(run.Run, source, property))];

    public PropertyValue Of(int run, int row, int person) => _runs[run].At(row, person);

    /// <summary>The number; NaN where there is none.</summary>
    public double NumberOf(int run, int row, int person) => _runs[run].NumberAt(row, person);
}
