using NodaTime;
using Rondo.Engine.Execution;
using Rondo.Model.Cohorts;
using Rondo.Model.Queries;

namespace Rondo.Engine.Excerpts;

/// <summary>When a report moves as a whole, so that anybody may enter or leave one of its points.</summary>
internal static class ReportMoves
{
    public static Instant? Next(CohortDefinition definition, QueryContext context)
    {
        if (definition is not PointCohort { Point: var point })
        {
            return null;
        }

        var next = new WindowEdges(PointEvents.RangeOf(point), context).NextMove;
        if (point is RetentionPoint { Row: null } retention)
        {
            next = Math.Min(next, NextCompletion(retention, context));
        }

        if (point is InsightsPoint { Query: var query, Metric: var metric } && query.Metrics[metric].Cohort is not null)
        {
            next = Math.Min(next, context.Calendar.Next(context.Calendar.StartOf(context.Now, query.Unit), query.Unit).ToUnixTimeMilliseconds());
            if (context.CohortDefinition(query.Metrics[metric].Cohort!.Value) is { } looked && Next(looked, context) is { } its)
            {
                next = Math.Min(next, its.ToUnixTimeMilliseconds());
            }
        }

        return next == long.MaxValue ? null : Instant.FromUnixTimeMilliseconds(next);
    }

    /// <summary>When the next cell of a bucket becomes complete, which lets its row count.</summary>
    private static long NextCompletion(RetentionPoint point, QueryContext context)
    {
        var calendar = new RetentionCalendar(point.Query, context);
        var now = context.Now.ToUnixTimeMilliseconds();
        var next = long.MaxValue;
        for (var row = 0; row < calendar.RowCount; row++)
        {
            if (calendar.EndOf(row, calendar.EndOfRow(row), point.Bucket) is var end && end > now)
            {
                next = Math.Min(next, end);
            }
        }

        return next;
    }
}
