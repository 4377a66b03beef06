using Rondo.Engine.Parts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Planning;

/// <summary>
/// Turns a filter on events into a mask over a run's rows. A condition on a text is decided once per distinct text; one on
/// the person once per person.
/// </summary>
internal sealed class RowFilter(StoreView view, QueryContext context)
{
    private readonly Dictionary<PropertyPredicate, bool[]> _personMatches = [];
    private readonly Dictionary<CohortPredicate, PersonSet> _cohorts = [];

    /// <summary>The rows of a run that pass all filters; null when every row does.</summary>
    public RowMask? Mask(Run run, params ReadOnlySpan<Predicate?> filters)
    {
        RowMask? mask = null;
        foreach (var filter in filters)
        {
            if (filter is not null)
            {
                var passed = Mask(run, filter);
                mask = mask is null ? passed : mask.And(passed);
            }
        }

        return mask;
    }

    private RowMask Mask(Run run, Predicate predicate) => predicate switch
    {
        AllPredicate all => all.Of.Aggregate(new RowMask(run.RowCount).Not(), (mask, part) => mask.And(Mask(run, part))),
        AnyPredicate any => any.Of.Aggregate(new RowMask(run.RowCount), (mask, part) => mask.Or(Mask(run, part))),
        NotPredicate not => Mask(run, not.Of).Not(),
        PropertyPredicate { Source: PropertySource.Event } property => MaskOfEventProperty(run, property),
        PropertyPredicate property => MaskOfPersons(run, PersonMatches(property)),
        CohortPredicate cohort => MaskOfCohort(run, cohort),
        _ => throw new InvalidOperationException($"{predicate.GetType().Name} cannot be asked of an event."),
    };

    private RowMask MaskOfEventProperty(Run run, PropertyPredicate predicate)
    {
        var mask = new RowMask(run.RowCount);
        var calendar = context.Calendar;
        var ofNull = PropertyMatch.Matches(PropertyValue.Null, predicate, calendar);
        if (run.Property(predicate.Property) is not { } columns)
        {
            return ofNull ? mask.Not() : mask;
        }

        var texts = Decide(columns.Texts, predicate);
        var others = Decide(columns.Others, predicate);
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
                mask[row] = PropertyMatch.Matches(PropertyValue.Of(number), predicate, calendar);
            }
            else
            {
                mask[row] = ofNull;
            }
        }

        return mask;
    }

    private bool[]? Decide(CodedColumn? column, PropertyPredicate predicate) =>
        column is null ? null : [.. column.Values.Select(value => PropertyMatch.Matches(value, predicate, context.Calendar))];

    private bool[] PersonMatches(PropertyPredicate predicate)
    {
        if (!_personMatches.TryGetValue(predicate, out var matches))
        {
            matches = new bool[view.Ids.Count];
            view.Profiles.Visit(predicate.Property, matches.Length, (person, value) => matches[person] = PropertyMatch.Matches(value, predicate, context.Calendar));
            _personMatches.Add(predicate, matches);
        }

        return matches;
    }

    private unsafe RowMask MaskOfPersons(Run run, bool[] matches)
    {
        var mask = new RowMask(run.RowCount);
        var canonical = view.Ids.Canonical;
        for (var index = 0; index < run.Columns.PersonCount; index++)
        {
            if (matches[canonical[run.Columns.Persons[index]]])
            {
                mask.Set(run.Columns.Starts[index], run.Columns.Starts[index + 1]);
            }
        }

        return mask;
    }

    private unsafe RowMask MaskOfCohort(Run run, CohortPredicate cohort)
    {
        if (!_cohorts.TryGetValue(cohort, out var members))
        {
            _cohorts.Add(cohort, members = context.CohortMembers(cohort.Cohort));
        }

        var mask = new RowMask(run.RowCount);
        var canonical = view.Ids.Canonical;
        for (var index = 0; index < run.Columns.PersonCount; index++)
        {
            if (members.Contains(new PersonNumber(canonical[run.Columns.Persons[index]])) == cohort.IsMember)
            {
                mask.Set(run.Columns.Starts[index], run.Columns.Starts[index + 1]);
            }
        }

        return mask;
    }
}
