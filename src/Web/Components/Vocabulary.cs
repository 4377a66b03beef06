using System.Collections.Immutable;
using Microsoft.Extensions.Localization;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;
using Rondo.Web.Components.Reports;
using Rondo.Web.Resources;

namespace Rondo.Web.Components;

/// <summary>What can be picked: events and properties of a project, read once a minute at most. One per circuit.</summary>
public sealed class Vocabulary(ILexicon lexicon, IDefinitions definitions, ICohorts cohorts, TimeProvider time, IStringLocalizer<Words> words)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private static readonly (string Name, string Text)[] BuiltIn =
    [
        (BuiltInProperties.Time, "Time of the event"), (BuiltInProperties.EventName, "Name of the event"),
        (BuiltInProperties.SessionSeconds, "Length of the session in seconds"), (BuiltInProperties.SessionEventCount, "Events of the session"),
    ];

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

    /// <summary>What events and properties are called on the pages: as the lexicon says, and in words what has no name of its own.</summary>
    public async Task<DisplayNames> NamesAsync(ProjectId project)
    {
        async Task<ImmutableDictionary<string, string>> OfAsync(LexiconKind kind) =>
            (await EntriesAsync(project, kind)).Values.Where(entry => entry.DisplayName.Length > 0).ToImmutableDictionary(entry => entry.Name, entry => entry.DisplayName);
        var ofEvents = await OfAsync(LexiconKind.EventProperty);
        return new DisplayNames
        {
            Events = await OfAsync(LexiconKind.Event),
            EventProperties = BuiltIn.Aggregate(ofEvents, (names, one) => names.ContainsKey(one.Name) ? names : names.Add(one.Name, words[one.Text])),
            UserProperties = await OfAsync(LexiconKind.UserProperty),
        };
    }

    /// <summary>
    /// How the pages put questions and conditions into words. The names of cohorts, archived ones too, are not remembered: one
    /// that was made a moment ago must not read as deleted.
    /// </summary>
    internal async Task<Phrases> PhrasesAsync(ProjectId project)
    {
        var all = await cohorts.ListAsync(project, includeArchived: true, CancellationToken.None);
        return new Phrases(await NamesAsync(project), all.ToDictionary(cohort => cohort.Id, cohort => cohort.Name), words);
    }

    /// <summary>Lookup tables; not remembered either.</summary>
    public Task<IReadOnlyList<LookupTableSummary>> TablesAsync(ProjectId project) => definitions.LookupTablesAsync(project, CancellationToken.None);

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
