using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>The numbers of one property over the events of a funnel's steps. Read-only, so threads share it.</summary>
internal sealed class FunnelNumbers(FunnelPlan plan, PropertyName property)
{
    private readonly PropertyReader[] _lanes =
        [.. plan.Lanes.Take(plan.StepCount).Select(lane => new PropertyReader(plan.Question.Filter.Values, lane.Track, property.Source, property.Property))];

    /// <summary>The number of an event; 0 where there is none.</summary>
    public double Of(FunnelEvents events, int index)
    {
        var (cursor, row) = events.SourceOf(index);
        var number = _lanes[events.LaneOf(index)].NumberOf(cursor.RunOf(row), cursor.RowOf(row), events.Person);
        return double.IsNaN(number) ? 0 : number;
    }
}
