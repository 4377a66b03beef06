using Rondo.Analytics.Contracts;
using Rondo.Analytics.Projects;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Analytics.Lexicon;

/// <summary>What is tracked, as the store sees it.</summary>
internal sealed class EventLexicon(IEventStores stores, ProjectDirectory projects) : ILexicon
{
    public async Task<IReadOnlyList<EventSummary>> EventsAsync(ProjectId project, CancellationToken cancellationToken) =>
        await (await stores.OpenAsync(project, cancellationToken)).EventNamesAsync(cancellationToken);

    public async Task<IReadOnlyList<PropertySummary>> PropertiesAsync(ProjectId project, PropertySource source, string? eventName, CancellationToken cancellationToken) =>
        await (await stores.OpenAsync(project, cancellationToken)).PropertiesAsync(source, eventName, cancellationToken);

    public async Task<IReadOnlyList<PropertyUsage>> UsageAsync(ProjectId project, PropertySource source, CancellationToken cancellationToken) =>
        await (await stores.OpenAsync(project, cancellationToken)).PropertyUsageAsync(source, cancellationToken);

    public async Task<IReadOnlyList<string>> ValuesAsync(ProjectId project, PropertySource source, string? eventName, string property, string? search, int limit, CancellationToken cancellationToken) =>
        await (await stores.OpenAsync(project, cancellationToken)).PropertyValuesAsync(source, eventName, property, search, limit, await projects.ContextAsync(project, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<TrackedEvent>> LatestAsync(ProjectId project, string? name, int limit, CancellationToken cancellationToken) =>
        await (await stores.OpenAsync(project, cancellationToken)).RecentEventsAsync(name, TimeWindow.Always, limit, cancellationToken);
}
