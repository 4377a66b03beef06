using NodaTime;
using Rondo.Engine.Execution;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Expressions;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Excerpts;

/// <summary>
/// For each person the next instant at which time alone may change whether they match a filter: an event leaves or enters a
/// range of days, or a date grows too old. Bounds of the parts are not combined as the parts are, so it may be too early; it is never too late.
/// </summary>
internal sealed class NextChangeOperator(Question question)
{
    private readonly long[] _next = NewBounds(question.View.Ids.Count);
    private readonly Dictionary<DateRange, WindowEdges> _edges = [];
    private readonly HashSet<CohortId> _seen = [];
    private readonly long _tomorrow = new WindowEdges(DateRange.Last(1, CalendarUnit.Day), question.Context).NextMove;

    public IEnumerable<(PersonNumber Person, Instant At)> Of(CohortDefinition definition)
    {
        Look(definition);
        var now = question.Context.Now.ToUnixTimeMilliseconds();
        for (var person = IdDirectory.Nobody + 1; person < _next.Length; person++)
        {
            if (_next[person] != long.MaxValue)
            {
                yield return (new PersonNumber(person), Instant.FromUnixTimeMilliseconds(Math.Max(_next[person], now + 1)));
            }
        }
    }

    private void Look(CohortDefinition definition)
    {
        switch (definition)
        {
            case FilterCohort filter:
                Look(filter.Where);
                break;
            case PointCohort point:
                Look(point.Point);
                break;
        }
    }

    /// <summary>The range of a report moves for everyone at once; conditions on dates within it concern each person.</summary>
    private void Look(ReportPoint point)
    {
        var filter = PointEvents.FiltersOf(point).ToList();
        foreach (var selector in PointEvents.SelectorsOf(point))
        {
            LookAtFilters(selector.Filter is null ? selector with { Filter = new AllPredicate([.. filter]) } : selector with { Filter = new AllPredicate([selector.Filter, .. filter]) });
        }

        if (point is InsightsPoint { Query: var query, Metric: var metric } && query.Metrics[metric].People is { } people)
        {
            Look(people);
        }

        if (point is InsightsPoint { Query: var report, Metric: var asked } && report.Metrics[asked].Cohort is { } cohort && question.Context.CohortDefinition(cohort) is { } definition && _seen.Add(cohort))
        {
            Look(definition);
            LookAtFuture();
        }
    }

    /// <summary>A cohort as it is at a moment knows nothing of events after it, not even of later today.</summary>
    private void LookAtFuture()
    {
        var now = question.Context.Now.ToUnixTimeMilliseconds();
        Visit(Track.Timeline(question.View), (cursor, person) =>
        {
            var next = TimeBuckets.LowerBound(cursor.Times, now);
            if (next < cursor.Count)
            {
                Note(person, cursor.Times[next] + 1);
            }
        });
    }

    private void Look(Predicate predicate)
    {
        switch (predicate)
        {
            case AllPredicate all:
                foreach (var part in all.Of)
                {
                    Look(part);
                }

                break;
            case AnyPredicate any:
                foreach (var part in any.Of)
                {
                    Look(part);
                }

                break;
            case NotPredicate not:
                Look(not.Of);
                break;
            case PropertyPredicate property:
                LookAtProfiles(property);
                break;
            case DidPredicate did:
                LookAtRange(did.Event, did.During, count => Deciding(did, count));
                LookAtFilters(did.Event);
                break;
            case FigurePredicate figure:
                LookAtRange(figure.Event, figure.During, count => count > 0 ? 0 : null);
                LookAtFilters(figure.Event);
                break;
            case SequencePredicate sequence:
                LookAtRange(sequence.Steps[0], sequence.During, count => count > 0 ? 0 : null);
                foreach (var step in sequence.Steps)
                {
                    LookAtFilters(step);
                }

                break;
            case CohortPredicate:
                break;
            default:
                throw new InvalidOperationException($"{predicate.GetType().Name} cannot be asked of a person.");
        }
    }

    /// <summary>The event whose leaving first changes whether the count compares as asked: its place among those in the range; null for none.</summary>
    private static int? Deciding(DidPredicate did, int count)
    {
        // "At most n" changes when "at least n + 1" does, "exactly n" with either.
        var above = did.Count > 0 && count >= did.Count ? count - did.Count : (int?)null;
        var beyond = count > did.Count ? count - did.Count - 1 : (int?)null;
        return did.Comparison switch
        {
            CountComparison.AtLeast => above,
            CountComparison.AtMost => beyond,
            _ => beyond ?? above,
        };
    }

    /// <param name="selector">Which events.</param>
    /// <param name="range">The days looked at.</param>
    /// <param name="deciding">Of so many events in the range, the place of the one whose leaving may change something.</param>
    private void LookAtRange(EventSelector selector, DateRange? range, Func<int, int?> deciding)
    {
        if (range is null or BetweenRange)
        {
            return;
        }

        if (!_edges.TryGetValue(range, out var edges))
        {
            _edges.Add(range, edges = new WindowEdges(range, question.Context));
        }

        Visit(Track.Of(question.View, question.Filter, selector, null), (cursor, person) =>
        {
            var times = cursor.Times;
            var first = TimeBuckets.LowerBound(times, edges.Start);
            var end = TimeBuckets.LowerBound(times, edges.End);
            if (deciding(end - first) is { } place)
            {
                Note(person, edges.LeavesAt(times[first + place]));
            }

            if (end < times.Length)
            {
                Note(person, edges.NextMove);
            }
        });
    }

    private void LookAtProfiles(PropertyPredicate property)
    {
        if (!MovesWithTime(property))
        {
            return;
        }

        var values = question.Filter.Values.OfPersons(property.Source, property.Property);
        for (var person = IdDirectory.Nobody + 1; person < values.Length; person++)
        {
            NoteDates(person, values[person], property);
        }
    }

    /// <summary>Conditions within a selector: on dates that the events, or the profile, carry.</summary>
    private void LookAtFilters(EventSelector selector)
    {
        foreach (var member in selector.Members(question.Context.Lexicon).Where(member => member.Filter is not null))
        {
            foreach (var property in PropertiesIn(member.Filter!).Where(MovesWithTime).Distinct())
            {
                var track = Track.Of(question.View, question.Filter, new EventSelector(member.Event), null);
                var reader = new PropertyReader(question.Filter.Values, track, property.Source, property.Property);
                Visit(track, (cursor, person) =>
                {
                    for (var index = 0; index < cursor.Count; index++)
                    {
                        NoteDates(person, reader.Of(cursor.RunOf(index), cursor.RowOf(index), person), property);
                    }
                });
            }
        }
    }

    private static IEnumerable<PropertyPredicate> PropertiesIn(Predicate predicate) => predicate switch
    {
        AllPredicate all => all.Of.SelectMany(PropertiesIn),
        AnyPredicate any => any.Of.SelectMany(PropertiesIn),
        NotPredicate not => PropertiesIn(not.Of),
        PropertyPredicate property => [property],
        _ => [],
    };

    private bool MovesWithTime(PropertyPredicate property) => IsRolling(property.Operator) || UsesToday(property);

    private static bool IsRolling(PropertyOperator how) => how is PropertyOperator.InTheLast or PropertyOperator.NotInTheLast or PropertyOperator.InTheNext;

    private bool UsesToday(PropertyPredicate property) =>
        property.Source is PropertySource.Expression or PropertySource.Custom && Expression.Of(property.Source, property.Property, question.Context.Lexicon)?.UsesToday == true;

    private void NoteDates(int person, PropertyValue value, PropertyPredicate property)
    {
        if (UsesToday(property))
        {
            Note(person, _tomorrow);
        }

        if (!IsRolling(property.Operator))
        {
            return;
        }

        foreach (var item in value.Kind == PropertyKind.List ? value.Items : [value])
        {
            if (PropertyMatch.DateOf(item) is not { } date)
            {
                continue;
            }

            var length = PropertyMatch.LengthOf(property);
            Note(person, date);
            if (property.Operator == PropertyOperator.InTheNext)
            {
                Note(person, date - length);
            }
            else
            {
                // The last instant that is within the length is still within it.
                Note(person, date + length + Duration.Epsilon);
            }
        }
    }

    private void Note(int person, Instant at)
    {
        if (at > question.Context.Now)
        {
            var milliseconds = at.ToUnixTimeMilliseconds();
            Note(person, Instant.FromUnixTimeMilliseconds(milliseconds) < at ? milliseconds + 1 : milliseconds);
        }
    }

    private void Note(int person, long at) => _next[person] = Math.Min(_next[person], at);

    private void Visit(Track track, Action<TrackCursor, int> visit) =>
        PersonScan.Run(
            track,
            question.View,
            question.Threads,
            _ => visit,
            (look, cursor, person) =>
            {
                if (person != IdDirectory.Nobody)
                {
                    look(cursor, person);
                }
            },
            question.CancellationToken);

    private static long[] NewBounds(int count)
    {
        var bounds = new long[count];
        Array.Fill(bounds, long.MaxValue);
        return bounds;
    }
}
