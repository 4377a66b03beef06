using Rondo.Analytics.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Web.Components;

/// <summary>What can be picked: events and properties of a project, read once a minute at most. One per circuit.</summary>
public sealed class Vocabulary(ILexicon lexicon, IDefinitions definitions, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly Dictionary<object, (long ReadAt, object Value)> _read = [];

    /// <summary>Event names, most events first.</summary>
    public Task<IReadOnlyList<EventSummary>> EventsAsync(ProjectId project) =>
        ReadAsync(project, () => lexicon.EventsAsync(project, CancellationToken.None));

    /// <summary>Properties of an event (null: of any) or of profiles.</summary>
    public Task<IReadOnlyList<PropertySummary>> PropertiesAsync(ProjectId project, PropertySource source, string? eventName) =>
        ReadAsync((project, source, eventName), () => lexicon.PropertiesAsync(project, source, eventName, CancellationToken.None));

    /// <summary>Custom events and custom properties; not remembered, because whoever made one looks for it next.</summary>
    public async Task<(IReadOnlyList<CustomEvent> Events, IReadOnlyList<CustomProperty> Properties)> DefinitionsAsync(ProjectId project) =>
        (await definitions.CustomEventsAsync(project, CancellationToken.None), await definitions.CustomPropertiesAsync(project, CancellationToken.None));

    /// <summary>Values of a property that contain a text, most frequent first.</summary>
    public Task<IReadOnlyList<string>> ValuesAsync(ProjectId project, PropertySource source, string? eventName, string property, string? search, CancellationToken cancellationToken) =>
        lexicon.ValuesAsync(project, source, eventName, property, string.IsNullOrWhiteSpace(search) ? null : search.Trim(), 50, cancellationToken);

    private async Task<T> ReadAsync<T>(object key, Func<Task<T>> read)
        where T : class
    {
        if (_read.TryGetValue(key, out var kept) && time.GetElapsedTime(kept.ReadAt) < Freshness)
        {
            return (T)kept.Value;
        }

        var value = await read();
        _read[key] = (time.GetTimestamp(), value);
        return value;
    }
}
