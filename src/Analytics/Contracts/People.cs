using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>A line of the people list. Properties that are not set are null.</summary>
public sealed record PersonSummary(PersonNumber Number, string DistinctId, string? Name, string? Email, string? LastSeen, IReadOnlyDictionary<string, PropertyValue> Profile);

/// <summary>A page of people.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="People">Those of this page.</param>
public sealed record PeoplePage(int Total, IReadOnlyList<PersonSummary> People);

/// <summary>One person.</summary>
/// <param name="Number">The store's number.</param>
/// <param name="DistinctId">The canonical id.</param>
/// <param name="Profile">Current profile; empty when there is none.</param>
/// <param name="Cohorts">Cohorts the person is in.</param>
public sealed record Person(PersonNumber Number, string DistinctId, IReadOnlyDictionary<string, PropertyValue> Profile, IReadOnlyList<Cohort> Cohorts);

/// <summary>The people of a project.</summary>
public interface IPeople
{
    /// <summary>People of a set (null: everyone) whose id, name or e-mail contains <paramref name="search"/>, by number; <paramref name="skip"/> and <paramref name="take"/> (1 to 1000) choose the page.</summary>
    Task<PeoplePage> ListAsync(ProjectId project, PersonSet? among, string? search, int skip, int take, CancellationToken cancellationToken);

    /// <summary>The people that match a filter on persons.</summary>
    Task<Rondo.Model.Outcome<PersonSet>> WhereAsync(ProjectId project, Predicate where, CancellationToken cancellationToken);

    /// <summary>One person by any id of the cluster; null when never seen.</summary>
    Task<Person?> FindAsync(ProjectId project, string distinctId, CancellationToken cancellationToken);

    /// <summary>Takes persons, each by any id of its cluster, out of events, profiles and ids for good; see <see cref="IEventStore.EraseAsync"/>.</summary>
    Task<Erasure> EraseAsync(ProjectId project, IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken);

    /// <summary>Product and message events of a person, newest first, strictly before <paramref name="before"/> (null: from the newest).</summary>
    Task<IReadOnlyList<TrackedEvent>> TimelineAsync(ProjectId project, string distinctId, Instant? before, int limit, CancellationToken cancellationToken);
}

/// <summary>What is tracked: for pickers, the Events page and autocomplete.</summary>
public interface ILexicon
{
    /// <summary>Event names, most events first.</summary>
    Task<IReadOnlyList<EventSummary>> EventsAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>Properties of an event (null: of any), or of profiles.</summary>
    Task<IReadOnlyList<PropertySummary>> PropertiesAsync(ProjectId project, PropertySource source, string? eventName, CancellationToken cancellationToken);

    /// <summary>How much each property of events (or profiles) is used, by name; reads every value.</summary>
    Task<IReadOnlyList<PropertyUsage>> UsageAsync(ProjectId project, PropertySource source, CancellationToken cancellationToken);

    /// <summary>Values of a property, most frequent first, containing <paramref name="search"/>.</summary>
    Task<IReadOnlyList<string>> ValuesAsync(ProjectId project, PropertySource source, string? eventName, string property, string? search, int limit, CancellationToken cancellationToken);

    /// <summary>The newest events, newest first, at most <paramref name="limit"/>; null name means all.</summary>
    Task<IReadOnlyList<TrackedEvent>> LatestAsync(ProjectId project, string? name, int limit, CancellationToken cancellationToken);
}
