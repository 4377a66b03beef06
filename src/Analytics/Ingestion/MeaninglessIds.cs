using System.Collections.Frozen;

namespace Rondo.Analytics.Ingestion;

/// <summary>Texts that programs write where they have no id. Taken as ids they would make one person of strangers (Mixpanel reference, 1.4).</summary>
internal static class MeaninglessIds
{
    private static readonly FrozenSet<string> Texts = new[]
    {
        "00000000-0000-0000-0000-000000000000", "anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown",
        "<nil>", "0", "-1", "true", "false", "[]", "{}",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string id) => Texts.Contains(id);
}
