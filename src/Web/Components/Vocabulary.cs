using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Web.Components;

/// <summary>What can be picked: events and properties of a project, read once a minute at most. One per circuit.</summary>
public sealed class Vocabulary(ILexicon lexicon, IDefinitions definitions, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly Dictionary<object, (long ReadAt, object Value)> _read = [];

    /// <summary>Event names that are not hidden, most events first.</summary>
    public async Task<IReadOnlyList<EventSummary>> EventsAsync(ProjectId project)
    {
        var events = await ReadAsync(project, () => lexicon.EventsAsync(project, CancellationToken.None));
        var entries = await EntriesAsync(project, LexiconKind.Event);
        return entries.Values.Any(IsOut) ? [.. events.Where(one => !entries.TryGetValue(one.Name, out var entry) || !IsOut(entry))] : events;
    }

    /// <summary>Properties that are not hidden, of an event (null: of any) or of profiles. The edges of sessions have those of any event, and two more.</summary>
    public async Task<IReadOnlyList<PropertySummary>> PropertiesAsync(ProjectId project, PropertySource source, string? eventName)
    {
        var isEdge = WellKnownEvents.IsSessionEdge(eventName);
        var from = isEdge ? null : eventName;
        var properties = await ReadAsync((project, source, from), () => lexicon.PropertiesAsync(project, source, from, CancellationToken.None));
        var entries = await EntriesAsync(project, source == PropertySource.User ? LexiconKind.UserProperty : LexiconKind.EventProperty);
        var shown = properties.Where(property => !entries.TryGetValue(property.Name, out var entry) || !IsOut(entry));
        return isEdge && source == PropertySource.Event
            ? [new PropertySummary(BuiltInProperties.SessionSeconds, [PropertyKind.Number]), new PropertySummary(BuiltInProperties.SessionEventCount, [PropertyKind.Number]), .. shown]
            : [.. shown];
    }

    /// <summary>What is written about events or properties, by name.</summary>
    public async Task<IReadOnlyDictionary<string, LexiconEntry>> EntriesAsync(ProjectId project, LexiconKind kind) =>
        (await ReadAsync((project, "entries"), async () => (await definitions.EntriesAsync(project, CancellationToken.None)).ToLookup(entry => entry.Kind)))[kind].ToDictionary(entry => entry.Name);

    /// <summary>Custom events and custom properties; not remembered, because whoever made one looks for it next.</summary>
    public async Task<(IReadOnlyList<CustomEvent> Events, IReadOnlyList<CustomProperty> Properties)> DefinitionsAsync(ProjectId project) =>
        (await definitions.CustomEventsAsync(project, CancellationToken.None), await definitions.CustomPropertiesAsync(project, CancellationToken.None));

    /// <summary>Values of a property that contain a text, most frequent first.</summary>
    public Task<IReadOnlyList<string>> ValuesAsync(ProjectId project, PropertySource source, string? eventName, string property, string? search, CancellationToken cancellationToken) =>
        lexicon.ValuesAsync(project, source, eventName, property, string.IsNullOrWhiteSpace(search) ? null : search.Trim(), 50, cancellationToken);

    /// <summary>Reads everything anew when it is next asked for: something was written about it.</summary>
    public void Forget() => _read.Clear();

    private static bool IsOut(LexiconEntry entry) => entry.Status != LexiconStatus.Visible;

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
