using NodaTime;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Planning;

/// <summary>
/// Turns a filter on events into a mask over a run's rows. A condition on a text is decided once per distinct text; one on
/// the person once per person.
/// </summary>
internal sealed class RowFilter(StoreView view, QueryContext context, ISessionEdges edges)
{
    private readonly Dictionary<PropertyPredicate, PersonColumn<bool>> _personMatches = [];
    private readonly Dictionary<CohortPredicate, PersonSet> _cohorts = [];

    /// <summary>Properties of any source.</summary>
    public PropertyValues Values { get; } = new(view, context);

    /// <summary>The runs that hold a selector's events, oldest first within a name, each with the rows that also pass the report's filter; null for all of them.</summary>
    /// <param name="selector">Which events; the beginning or end of a session is its first or last event.</param>
    /// <param name="global">The report's filter.</param>
    /// <param name="sessions">What a session is; null means as the project says.</param>
    public IReadOnlyList<(Run Run, RowMask? Mask)> Select(EventSelector selector, Predicate? global, SessionDefinition? sessions = null)
    {
        var runs = WellKnownEvents.IsSessionEdge(selector.Event) ? EdgesOf(selector, sessions) : Named(selector);
        if (selector.FirstTime)
        {
            runs = [.. FirstTimes(selector with { FirstTime = false })];
        }

        if (global is not null)
        {
            runs = [.. runs.Select(run => (run.Run, (RowMask?)And(run.Mask, Mask(run.Run, global))))];
        }

        return context.EventsBefore is { } moment ? [.. runs.Select(run => (run.Run, (RowMask?)And(run.Mask, MaskOfTimes(run.Run, moment))))] : runs;
    }

    private List<(Run Run, RowMask? Mask)> Named(EventSelector selector)
    {
        var members = selector.Members(context.Lexicon).ToList();
        return [.. members
            .SelectMany(member => member.Event is null ? view.EventNames.Where(context.Lexicon.IsActivity) : [member.Event])
            .Distinct(StringComparer.Ordinal)
            .SelectMany(view.RunsOf)
            .Select(run => (Run: run, Mask: MaskOfMembers(run, members)))];
    }

    private List<(Run Run, RowMask? Mask)> EdgesOf(EventSelector selector, SessionDefinition? sessions) =>
        [.. edges.EdgesOf(sessions, selector.Event == WellKnownEvents.SessionStart)
            .Select(edge => (edge.Run, (RowMask?)(selector.Filter is null ? edge.Mask.Copy() : Mask(edge.Run, selector.Filter).And(edge.Mask))))];

    private static RowMask And(RowMask? mask, RowMask other) => mask is null ? other : mask.And(other);

    private static RowMask MaskOfTimes(Run run, Instant before)
    {
        var mask = new RowMask(run.RowCount);
        var times = run.Columns.Times;
        var end = before.ToUnixTimeMilliseconds();
        for (var row = 0; row < run.RowCount; row++)
        {
            mask[row] = times[row] < end;
        }

        return mask;
    }

    private RowMask? MaskOfMembers(Run run, List<EventSelector> members)
    {
        var named = members.Where(member => member.Event is null ? context.Lexicon.IsActivity(run.EventName!) : member.Event == run.EventName).ToList();
        return named.Any(member => member.Filter is null) ? null : named.Select(member => Mask(run, member.Filter!)).Aggregate((mask, other) => mask.Or(other));
    }

    /// <summary>Each person's earliest events; one pass over all of them.</summary>
    private IEnumerable<(Run Run, RowMask? Mask)> FirstTimes(EventSelector selector)
    {
        var track = Track.Of(view, this, selector, null);
        var masks = track.Runs.Select(run => new RowMask(run.Run.RowCount)).ToArray();
        var cursor = new TrackCursor(track, view.Ids, IdDirectory.Nobody + 1);
        for (var person = cursor.Peek(); person != int.MaxValue; person = cursor.Peek())
        {
            if (!cursor.MoveTo(person))
            {
                continue;
            }

            var times = cursor.Times;
            for (var index = 0; index < times.Length && times[index] == times[0]; index++)
            {
                masks[cursor.RunOf(index)][cursor.RowOf(index)] = true;
            }
        }

        return track.Runs.Select((run, index) => (run.Run, (RowMask?)masks[index]));
    }

    /// <summary>The rows of a run for which a condition holds.</summary>
    public RowMask Mask(Run run, Predicate predicate) => predicate switch
    {
        AllPredicate all => all.Of.Aggregate(new RowMask(run.RowCount).Not(), (mask, part) => mask.And(Mask(run, part))),
        AnyPredicate any => any.Of.Aggregate(new RowMask(run.RowCount), (mask, part) => mask.Or(Mask(run, part))),
        NotPredicate not => Mask(run, not.Of).Not(),
        PropertyPredicate property => Values.IsOfPerson(property.Source, property.Property) ? MaskOfPersons(run, PersonMatches(property)) : MaskOfRows(run, property),
        CohortPredicate cohort => MaskOfCohort(run, cohort),
        _ => throw new InvalidOperationException($"{predicate.GetType().Name} cannot be asked of an event."),
    };

    private RowMask MaskOfRows(Run run, PropertyPredicate predicate)
    {
        var mask = new RowMask(run.RowCount);
        switch (Values.Of(run, predicate.Source, predicate.Property))
        {
            case StoredValues { Columns: null }:
                return PropertyMatch.Matches(PropertyValue.Null, predicate, context) ? mask.Not() : mask;
            case StoredValues { Columns: { } columns }:
                FillStored(mask, run, columns, predicate);
                break;
            case CodedValues coded:
                var decided = Array.ConvertAll(coded.Values, value => PropertyMatch.Matches(value, predicate, context));
                for (var row = 0; row < run.RowCount; row++)
                {
                    mask[row] = decided[coded.Codes[row]];
                }

                break;
            case var values:
                for (var row = 0; row < run.RowCount; row++)
                {
                    mask[row] = PropertyMatch.Matches(values.At(row, IdDirectory.Nobody), predicate, context);
                }

                break;
        }

        return mask;
    }

    private void FillStored(RowMask mask, Run run, PropertyColumns columns, PropertyPredicate predicate)
    {
        var ofNull = PropertyMatch.Matches(PropertyValue.Null, predicate, context);
        var texts = Decide(columns.Texts, predicate);
        var others = Decide(columns.Others, predicate);
        if (texts is not null && columns is { Others: null, Numbers: null })
        {
            columns.Texts!.Codes.Choose(texts, run.RowCount, mask.Words);
            return;
        }

        for (var row = 0; row < run.RowCount; row++)
        {
            if (texts is not null && columns.Texts!.CodeAt(row) is var text and not 0)
            {
                mask[row] = texts[text];
            }
            else if (others is not null && columns.Others!.CodeAt(row) is var other and not 0)
            {
                mask[row] = others[other];
            }
            else if (columns.Numbers is { } numbers && numbers.ValueAt(row) is var number && !double.IsNaN(number))
            {
                mask[row] = PropertyMatch.Matches(PropertyValue.Of(number), predicate, context);
            }
            else
            {
                mask[row] = ofNull;
            }
        }
    }

    private bool[]? Decide(CodedColumn? column, PropertyPredicate predicate) =>
        column is null ? null : [.. column.Values.Select(value => PropertyMatch.Matches(value, predicate, context))];

    private PersonColumn<bool> PersonMatches(PropertyPredicate predicate)
    {
        if (!_personMatches.TryGetValue(predicate, out var matches))
        {
            matches = Values.OfPersons(predicate.Source, predicate.Property).Convert(value => PropertyMatch.Matches(value, predicate, context));
            _personMatches.Add(predicate, matches);
        }

        return matches;
    }

    private RowMask MaskOfPersons(Run run, PersonColumn<bool> matches)
    {
        var mask = new RowMask(run.RowCount);
        var canonical = view.Ids.Canonical;
        var persons = run.Persons;
        for (var index = 0; index < persons.Length; index++)
        {
            if (matches[canonical[persons[index]]])
            {
                var (start, end) = run.RowsAt(index);
                mask.Set(start, end);
            }
        }

        return mask;
    }

    private RowMask MaskOfCohort(Run run, CohortPredicate cohort)
    {
        if (!_cohorts.TryGetValue(cohort, out var members))
        {
            _cohorts.Add(cohort, members = context.CohortMembers(cohort.Cohort));
        }

        var mask = new RowMask(run.RowCount);
        var canonical = view.Ids.Canonical;
        var persons = run.Persons;
        for (var index = 0; index < persons.Length; index++)
        {
            if (members.Contains(new PersonNumber(canonical[persons[index]])) == cohort.IsMember)
            {
                var (start, end) = run.RowsAt(index);
                mask.Set(start, end);
            }
        }

        return mask;
    }
}
