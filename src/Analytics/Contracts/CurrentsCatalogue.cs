using System.Collections.Frozen;
using System.Text;

namespace Rondo.Analytics.Contracts;

/// <summary>A type of event in Braze's Currents (Braze reference, 3.4).</summary>
/// <param name="Type">Its name there, such as <c>users.messages.pushnotification.Open</c>.</param>
/// <param name="EventName">The event's name here: the one that Braze gives it in Mixpanel (3.5), or one made alike.</param>
/// <param name="UserFields">What stands beside the ids in <c>user</c>.</param>
/// <param name="Fields">What <c>properties</c> may hold.</param>
/// <param name="RequiredFields">Those of them that are never missing.</param>
public sealed record CurrentsType(string Type, string EventName, IReadOnlyList<string> UserFields, IReadOnlyList<string> Fields, IReadOnlySet<string> RequiredFields);

/// <summary>All types of Currents, from <c>src/Analytics/Streaming/currents.tsv</c>.</summary>
public static class CurrentsCatalogue
{
    /// <summary>The type of custom events; the name of each stands in its field <c>name</c>.</summary>
    public const string CustomEvent = "users.behaviors.CustomEvent";

    /// <summary>What stands before a custom event's name.</summary>
    public const string CustomEventPrefix = "[Braze Custom Event]";

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<CurrentsType> All { get; } = Read();

    private static readonly FrozenDictionary<string, CurrentsType> ByType = All.ToFrozenDictionary(type => type.Type, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, CurrentsType> ByEvent = All.Where(type => type.Type != CustomEvent).ToFrozenDictionary(type => type.EventName, StringComparer.Ordinal);

    /// <summary>The families of types, such as <c>users.messages.email.*</c>, the wider ones first.</summary>
    public static IReadOnlyList<string> Families { get; } =
    [
        .. All.SelectMany(type => type.Type.Split('.') is var parts ? Enumerable.Range(1, parts.Length - 1).Select(count => string.Join('.', parts.Take(count)) + ".*") : [])
            .Distinct()
            .OrderBy(family => family.Count(character => character == '.'))
            .ThenBy(family => family, StringComparer.Ordinal),
    ];

    /// <summary>The type of events of this name here; null for a product event.</summary>
    public static CurrentsType? FindByEvent(string eventName) => ByEvent.GetValueOrDefault(eventName);

    /// <summary>The types that a name, a family or <c>*</c> stands for; none for what is none of these.</summary>
    public static IEnumerable<CurrentsType> Named(string typeOrFamily) => typeOrFamily switch
    {
        "*" => All,
        _ when typeOrFamily.EndsWith(".*", StringComparison.Ordinal) => All.Where(type => type.Type.StartsWith(typeOrFamily.AsSpan(0, typeOrFamily.Length - 1), StringComparison.Ordinal)),
        _ => Find(typeOrFamily) is { } type ? [type] : [],
    };

    /// <summary>A type by its name there; null for one that is newer than the table.</summary>
    public static CurrentsType? Find(string type) => ByType.GetValueOrDefault(type);

    /// <summary>
    /// The name of an event here. A type that is not in the table is named by its last parts: Braze adds types, and a receiver
    /// must not stumble over them.
    /// </summary>
    public static string EventNameOf(string type) => Find(type)?.EventName ?? Made(type);

    private static string Made(string type)
    {
        var parts = type.Split('.', StringSplitOptions.RemoveEmptyEntries);
        var name = new StringBuilder();
        foreach (var part in parts.TakeLast(2))
        {
            name.Append(name.Length > 0 ? " " : string.Empty);
            for (var index = 0; index < part.Length; index++)
            {
                name.Append(index == 0 ? char.ToUpperInvariant(part[0]).ToString() : char.IsAsciiLetterUpper(part[index]) ? " " + part[index] : part[index].ToString());
            }
        }

        return name.Length > 0 ? name.ToString() : type;
    }

    private static CurrentsType[] Read()
    {
        using var table = typeof(CurrentsCatalogue).Assembly.GetManifestResourceStream("Rondo.Analytics.Streaming.currents.tsv")
            ?? throw new InvalidOperationException("The table of Currents is not part of the program.");
        using var reader = new StreamReader(table, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(TypeOf)];
    }

    private static CurrentsType TypeOf(string line)
    {
        var cells = line.Split('\t');
        var fields = cells[3].Split(' ');
        return new CurrentsType(
            cells[0],
            cells[1],
            cells[2] == "-" ? [] : cells[2].Split(' '),
            [.. fields.Select(field => field.TrimEnd('*'))],
            fields.Where(field => field.EndsWith('*')).Select(field => field.TrimEnd('*')).ToFrozenSet(StringComparer.Ordinal));
    }
}
