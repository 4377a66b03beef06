namespace Rondo.Soaking;

/// <summary>How long something took, in milliseconds: of so many, the median, the 99th of a hundred, and the longest.</summary>
public sealed record Delays(int Count, double P50Ms, double P99Ms, double MostMs)
{
    /// <summary>All zero when nothing was measured.</summary>
    public static Delays Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToList();
        return new Delays(sorted.Count, At(sorted, 0.5), At(sorted, 0.99), At(sorted, 1));
    }

    /// <summary>The smallest value that a share of all does not exceed.</summary>
    private static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * share) - 1)], 1);
}
