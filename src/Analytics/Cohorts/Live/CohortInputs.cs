using System.Collections.Immutable;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Expressions;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>What may change who belongs to a cohort. Too much only costs time; too little would be a change nobody sees.</summary>
/// <param name="IsAnyEvent">An event of any name.</param>
/// <param name="Events">Events of these names.</param>
/// <param name="Profile">Profile properties of these names.</param>
/// <param name="Cohorts">Members of these cohorts.</param>
internal sealed record CohortInputs(bool IsAnyEvent, ImmutableHashSet<string> Events, ImmutableHashSet<string> Profile, ImmutableHashSet<CohortId> Cohorts)
{
    /// <param name="definition">Who belongs.</param>
    /// <param name="lexicon">Custom events and properties by name.</param>
    /// <param name="definitionOf">What a cohort is: one that is looked at in the past brings its own inputs.</param>
    public static CohortInputs Of(CohortDefinition definition, ProjectLexicon lexicon, Func<CohortId, CohortDefinition?> definitionOf)
    {
        var collector = new Collector(lexicon, definitionOf);
        collector.Add(definition);
        return new CohortInputs(collector.IsAnyEvent, [.. collector.Events], [.. collector.Profile], CohortReferences.Of(definition));
    }

    private sealed class Collector(ProjectLexicon lexicon, Func<CohortId, CohortDefinition?> definitionOf)
    {
        private readonly HashSet<CohortId> _seen = [];

        public bool IsAnyEvent { get; private set; }

        public HashSet<string> Events { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Profile { get; } = new(StringComparer.Ordinal);

        public void Add(CohortDefinition definition)
        {
            switch (definition)
            {
                case FilterCohort filter:
                    Add(filter.Where);
                    break;
                case PointCohort point:
                    Add(point.Point);
                    break;
            }
        }

        private void Add(ReportPoint point)
        {
            IsAnyEvent |= PointEvents.LooksAtEveryEvent(point);
            foreach (var selector in PointEvents.SelectorsOf(point))
            {
                Add(selector);
            }

            foreach (var filter in PointEvents.FiltersOf(point))
            {
                Add(filter);
            }

            foreach (var breakdown in PointEvents.BreakdownsOf(point).Where(breakdown => !breakdown.IsByCohort))
            {
                Add(breakdown.Source, breakdown.Property);
            }

            if (point is InsightsPoint { Query: var query, Metric: var metric } && query.Metrics[metric].Cohort is { } cohort && _seen.Add(cohort) && definitionOf(cohort) is { } definition)
            {
                Add(definition);
                foreach (var inner in CohortReferences.Of(definition).Where(_seen.Add))
                {
                    Add(definitionOf(inner) ?? new StaticCohort(string.Empty));
                }
            }
        }

        private void Add(Predicate? predicate)
        {
            switch (predicate)
            {
                case AllPredicate all:
                    all.Of.ToList().ForEach(Add);
                    break;
                case AnyPredicate any:
                    any.Of.ToList().ForEach(Add);
                    break;
                case NotPredicate not:
                    Add(not.Of);
                    break;
                case PropertyPredicate property:
                    Add(property.Source, property.Property);
                    break;
                case DidPredicate did:
                    Add(did.Event);
                    break;
                case FigurePredicate figure:
                    Add(figure.Event);
                    Add(figure.Property.Source, figure.Property.Property);
                    break;
                case SequencePredicate sequence:
                    sequence.Steps.ToList().ForEach(Add);
                    break;
            }
        }

        private void Add(EventSelector selector)
        {
            foreach (var member in selector.Members(lexicon))
            {
                if (member.Event is null or WellKnownEvents.SessionStart or WellKnownEvents.SessionEnd)
                {
                    IsAnyEvent = true;
                }
                else
                {
                    Events.Add(member.Event);
                }

                Add(member.Filter);
            }
        }

        private void Add(PropertySource source, string property)
        {
            if (source == PropertySource.User)
            {
                Profile.Add(property);
            }
            else if (source != PropertySource.Event && Expression.Of(source, property, lexicon) is { } expression)
            {
                Profile.UnionWith(expression.UserProperties);
            }
        }
    }
}
