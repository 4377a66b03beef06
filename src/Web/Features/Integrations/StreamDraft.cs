using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Time;

namespace Rondo.Web.Features.Integrations;

/// <summary>Which events a stream is to send, as it is being chosen, and how.</summary>
public sealed class StreamDraft
{
    private const string AllMessages = "users.messages.*";

    private readonly HashSet<string> _types = [];

    public string Name { get; set; } = string.Empty;

    /// <summary>Whether every product event is sent.</summary>
    public bool AllProductEvents { get; set; }

    /// <summary>Product events that are sent where not all are.</summary>
    public List<string> ProductEvents { get; } = [];

    public StreamFileFormat Format { get; set; } = StreamFileFormat.Ndjson;

    public int FileIntervalSeconds { get; set; } = 300;

    /// <summary>The first day of the past that is sent too; null for none.</summary>
    public DateOnly? BackfillFrom { get; set; }

    public static StreamDraft Of(StreamSettings settings)
    {
        var draft = new StreamDraft
        {
            Name = settings.Name,
            AllProductEvents = settings.Choice.ProductEvents?.Contains(EventChoice.All) == true,
            Format = settings.Format ?? StreamFileFormat.Ndjson,
            FileIntervalSeconds = (int)(settings.FileInterval?.TotalSeconds ?? 300),
        };
        draft._types.UnionWith((settings.Choice.Types ?? []).SelectMany(CurrentsCatalogue.Named).Select(type => type.Type));
        draft.ProductEvents.AddRange((settings.Choice.ProductEvents ?? []).Where(name => name != EventChoice.All));
        return draft;
    }

    public static IReadOnlyList<CurrentsType> TypesOf(string family) => [.. CurrentsCatalogue.Named(family)];

    public int CountOf(string family) => TypesOf(family).Count(type => _types.Contains(type.Type));

    public bool Includes(CurrentsType type) => _types.Contains(type.Type);

    public void Set(CurrentsType type, bool isChosen) => _ = isChosen ? _types.Add(type.Type) : _types.Remove(type.Type);

    public void SetFamily(string family, bool isChosen)
    {
        foreach (var type in TypesOf(family))
        {
            Set(type, isChosen);
        }
    }

    /// <summary>What is chosen. A family of which everything is chosen is kept as such, so that it takes in types that are still to come.</summary>
    public StreamSettings Settings(ConnectionSettings connection, IEnumerable<string> families)
    {
        var whole = families.Prepend(AllMessages).Where(family => CountOf(family) == TypesOf(family).Count).ToList();
        whole.RemoveAll(family => whole.Any(wider => wider != family && family.StartsWith(wider.AsSpan(0, wider.Length - 1), StringComparison.Ordinal)));
        var covered = whole.SelectMany(CurrentsCatalogue.Named).Select(type => type.Type).ToHashSet();
        var types = whole.Concat(_types.Except(covered).Order(StringComparer.Ordinal)).ToList();
        return new StreamSettings(
            Name.Trim(),
            new EventChoice(types, AllProductEvents ? [EventChoice.All] : [.. ProductEvents]),
            connection.TakesFiles ? Format : null,
            connection.TakesFiles ? Duration.FromSeconds(FileIntervalSeconds) : null);
    }

    /// <summary>When the chosen day begins in the project; null when none is chosen.</summary>
    public Instant? Beginning(ProjectCalendar calendar) => BackfillFrom is { } day ? calendar.StartOf(LocalDate.FromDateOnly(day)) : null;
}
