using Rondo.Model.Events;

namespace Rondo.Analytics.Ingestion;

/// <summary>JSON lets a name appear twice; as everywhere else, the last one counts.</summary>
internal static class RepeatedNames
{
    // Comparing every pair is quicker than hashing for as many properties as events usually have.
    private const int PairwiseMaximum = 24;

    public static void Remove(List<Property> properties)
    {
        if (!Exist(properties))
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = properties.Count - 1; index >= 0; index--)
        {
            if (!seen.Add(properties[index].Name))
            {
                properties.RemoveAt(index);
            }
        }
    }

    private static bool Exist(List<Property> properties)
    {
        if (properties.Count > PairwiseMaximum)
        {
            return true;
        }

        for (var index = 1; index < properties.Count; index++)
        {
            for (var earlier = 0; earlier < index; earlier++)
            {
                if (string.Equals(properties[index].Name, properties[earlier].Name, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
