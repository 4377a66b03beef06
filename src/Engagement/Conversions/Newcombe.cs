using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Conversions;

/// <summary>
/// The difference of two proportions with a 95 % interval: Newcombe's hybrid score interval without continuity correction
/// (Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10).
/// </summary>
internal static class Newcombe
{
    private const double Z = 1.959963984540054;

    /// <summary>Treated less control. Both groups must have at least one person.</summary>
    public static (double Difference, double Low, double High) Of(int treatedCount, int treatedTotal, int controlCount, int controlTotal)
    {
        var treated = (double)treatedCount / treatedTotal;
        var control = (double)controlCount / controlTotal;
        var (treatedLow, treatedHigh) = Wilson(treated, treatedTotal);
        var (controlLow, controlHigh) = Wilson(control, controlTotal);
        var difference = treated - control;
        return (
            difference,
            difference - Math.Sqrt(Square(treated - treatedLow) + Square(controlHigh - control)),
            difference + Math.Sqrt(Square(treatedHigh - treated) + Square(control - controlLow)));
    }

    /// <summary>The same as an effect on people. Both groups must have at least one person.</summary>
    public static IncrementalEffect EffectOf(int treatedCount, int treatedTotal, int controlCount, int controlTotal)
    {
        var (difference, low, high) = Of(treatedCount, treatedTotal, controlCount, controlTotal);
        return new IncrementalEffect((double)treatedCount / treatedTotal, (double)controlCount / controlTotal, difference, low, high, difference * treatedTotal);
    }

    /// <summary>Wilson's score interval of one proportion.</summary>
    public static (double Low, double High) Wilson(double proportion, int total)
    {
        var centre = (2 * total * proportion) + (Z * Z);
        var spread = Z * Math.Sqrt((Z * Z) + (4 * total * proportion * (1 - proportion)));
        var scale = 2 * (total + (Z * Z));
        return (Math.Max(0, (centre - spread) / scale), Math.Min(1, (centre + spread) / scale));
    }

    private static double Square(double value) => value * value;
}
