using System.Text;

namespace Rondo.Web.Charts;

/// <summary>The ten colours of data. A name asks for the same colour on every page, and gives way only within one chart.</summary>
internal static class Palette
{
    /// <summary>For "everything together", which is no thing of its own.</summary>
    public const string Overall = "#6B7785";

    private static readonly string[] Colors =
        ["#3B6FD4", "#E58A1F", "#1B9E8A", "#C2479B", "#8A9A2B", "#57B0E0", "#C4533A", "#7A5BC8", "#C9A227", "#6B7785"];

    /// <summary>The colour a name asks for.</summary>
    public static string Of(string name) => Colors[SlotOf(name)];

    /// <summary>Colours of names shown together, earlier ones first served; with more than ten names colours repeat.</summary>
    public static IReadOnlyDictionary<string, string> For(IEnumerable<string> names)
    {
        var assigned = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<int>();
        foreach (var name in names)
        {
            if (assigned.ContainsKey(name))
            {
                continue;
            }

            if (taken.Count == Colors.Length)
            {
                taken.Clear();
            }

            var slot = SlotOf(name);
            while (!taken.Add(slot))
            {
                slot = (slot + 1) % Colors.Length;
            }

            assigned[name] = Colors[slot];
        }

        return assigned;
    }

    // String.GetHashCode differs from one start to the next; a colour must not.
    private static int SlotOf(string name)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ octet) * 16777619u;
        }

        return (int)((hash ^ (hash >> 15)) % (uint)Colors.Length);
    }
}
