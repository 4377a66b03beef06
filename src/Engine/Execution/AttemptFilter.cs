using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>
/// A filter on whole attempts: each condition on an event property looks at the step that the property is attributed to,
/// every other condition at the entry. Read-only, so threads share it.
/// </summary>
internal abstract class AttemptFilter
{
    public static AttemptFilter Of(FunnelPlan plan, Predicate predicate) => predicate switch
    {
        AllPredicate all => new Every([.. all.Of.Select(part => Of(plan, part))]),
        AnyPredicate any => new Some([.. any.Of.Select(part => Of(plan, part))]),
        NotPredicate not => new Opposite(Of(plan, not.Of)),
        PropertyPredicate property when !plan.Question.Filter.Values.IsOfPerson(property.Source, property.Property) => new OfProperty(plan, property),
        _ => new OfEntry(plan, predicate),
    };

    public abstract bool Holds(FunnelEvents events, ReadOnlySpan<int> path);

    /// <summary>Per lane of a step and run of it, the rows for which a condition holds.</summary>
    private static RowMask[][] Masks(FunnelPlan plan, Predicate predicate) =>
        [.. plan.Lanes.Take(plan.StepCount).Select(lane => lane.Track.Runs.Select(run => plan.Question.Filter.Mask(run.Run, predicate)).ToArray())];

    private static bool Read(RowMask[][] masks, FunnelEvents events, int index)
    {
        var (cursor, row) = events.SourceOf(index);
        return masks[events.LaneOf(index)][cursor.RunOf(row)][cursor.RowOf(row)];
    }

    private sealed class Every(AttemptFilter[] parts) : AttemptFilter
    {
        public override bool Holds(FunnelEvents events, ReadOnlySpan<int> path)
        {
            foreach (var part in parts)
            {
                if (!part.Holds(events, path))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed class Some(AttemptFilter[] parts) : AttemptFilter
    {
        public override bool Holds(FunnelEvents events, ReadOnlySpan<int> path)
        {
            foreach (var part in parts)
            {
                if (part.Holds(events, path))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class Opposite(AttemptFilter part) : AttemptFilter
    {
        public override bool Holds(FunnelEvents events, ReadOnlySpan<int> path) => !part.Holds(events, path);
    }

    private sealed class OfEntry(FunnelPlan plan, Predicate predicate) : AttemptFilter
    {
        private readonly RowMask[][] _holds = Masks(plan, predicate);

        public override bool Holds(FunnelEvents events, ReadOnlySpan<int> path) => Read(_holds, events, path[0]);
    }

    private sealed class OfProperty(FunnelPlan plan, PropertyPredicate predicate) : AttemptFilter
    {
        private readonly FunnelQuery _query = plan.Query;
        private readonly RowMask[][] _holds = Masks(plan, predicate);
        private readonly RowMask[][] _isSet = plan.Query.Attribution == StepAttribution.AtStep ? [] : Masks(plan, predicate with { Operator = PropertyOperator.IsSet, Values = [] });
        private readonly bool _holdsOfNothing = PropertyMatch.Matches(PropertyValue.Null, predicate, plan.Question.Context);

        public override bool Holds(FunnelEvents events, ReadOnlySpan<int> path)
        {
            if (_query.Attribution == StepAttribution.AtStep)
            {
                return path[_query.AttributedStep] is >= 0 and var step ? Read(_holds, events, step) : _holdsOfNothing;
            }

            for (var place = 0; place < path.Length; place++)
            {
                var index = path[_query.Attribution == StepAttribution.FirstDefined ? place : path.Length - 1 - place];
                if (index >= 0 && Read(_isSet, events, index))
                {
                    return Read(_holds, events, index);
                }
            }

            return _holdsOfNothing;
        }
    }
}
