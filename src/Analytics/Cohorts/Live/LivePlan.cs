using Rondo.Model.Cohorts;
using Rondo.Model.Lexicon;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>One cohort as it is kept live.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Text">The definition as stored, by which a change is seen.</param>
/// <param name="Definition">Who belongs.</param>
/// <param name="Inputs">What may change that.</param>
internal sealed record LiveCohort(CohortId Id, string Text, CohortDefinition Definition, CohortInputs Inputs)
{
    /// <summary>Whether each person can be looked at alone.</summary>
    public bool IsPersonal => Definition is not PointCohort point || PointScope.IsPersonal(point.Point);
}

/// <summary>
/// The cohorts of a project, each after those it names, and which of them an event, a property or another cohort concerns.
/// Immutable; made anew when a cohort, the lexicon or the calendar changes.
/// </summary>
internal sealed class LivePlan
{
    private readonly Dictionary<string, List<CohortId>> _byEvent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<CohortId>> _byProfile = new(StringComparer.Ordinal);
    private readonly Dictionary<CohortId, List<CohortId>> _byCohort = [];
    private readonly List<CohortId> _byAnyEvent = [];

    /// <param name="texts">Every cohort of the project with its definition as stored, fixed lists included.</param>
    /// <param name="lexicon">What the project has named.</param>
    /// <param name="calendar">Its days.</param>
    public LivePlan(IReadOnlyDictionary<CohortId, string> texts, ProjectLexicon lexicon, ProjectCalendar calendar)
    {
        var definitions = texts.ToDictionary(pair => pair.Key, pair => CohortDirectory.DefinitionOf(pair.Key, pair.Value));
        Lexicon = lexicon;
        Calendar = calendar;
        InOrder = [.. CohortReferences.InOrderOfUse(definitions).Where(cohort => definitions[cohort] is not StaticCohort)
            .Select(cohort => new LiveCohort(cohort, texts[cohort], definitions[cohort], CohortInputs.Of(definitions[cohort], lexicon, definitions.GetValueOrDefault)))];
        ById = InOrder.ToDictionary(cohort => cohort.Id);
        Static = [.. definitions.Where(pair => pair.Value is StaticCohort).Select(pair => pair.Key)];
        foreach (var cohort in InOrder)
        {
            if (cohort.Inputs.IsAnyEvent)
            {
                _byAnyEvent.Add(cohort.Id);
            }

            Index(_byEvent, cohort.Inputs.Events, cohort.Id);
            Index(_byProfile, cohort.Inputs.Profile, cohort.Id);
            Index(_byCohort, cohort.Inputs.Cohorts, cohort.Id);
        }
    }

    public ProjectLexicon Lexicon { get; }

    public ProjectCalendar Calendar { get; }

    /// <summary>The dynamic cohorts, each after those it names.</summary>
    public IReadOnlyList<LiveCohort> InOrder { get; }

    public IReadOnlyDictionary<CohortId, LiveCohort> ById { get; }

    /// <summary>The fixed lists.</summary>
    public IReadOnlyList<CohortId> Static { get; }

    /// <summary>Those that an event of a name concerns.</summary>
    public IEnumerable<CohortId> OfEvent(string name) => _byAnyEvent.Concat(_byEvent.GetValueOrDefault(name) ?? []);

    /// <summary>Those that a change of a profile property concerns.</summary>
    public IReadOnlyList<CohortId> OfProfile(string property) => _byProfile.GetValueOrDefault(property) ?? [];

    /// <summary>Those that name a cohort.</summary>
    public IReadOnlyList<CohortId> OfCohort(CohortId cohort) => _byCohort.GetValueOrDefault(cohort) ?? [];

    private static void Index<T>(Dictionary<T, List<CohortId>> index, IEnumerable<T> keys, CohortId cohort)
        where T : notnull
    {
        foreach (var key in keys)
        {
            if (!index.TryGetValue(key, out var cohorts))
            {
                index.Add(key, cohorts = []);
            }

            cohorts.Add(cohort);
        }
    }
}
