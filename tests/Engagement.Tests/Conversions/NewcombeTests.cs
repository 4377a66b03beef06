using Rondo.Engagement.Conversions;

namespace Rondo.Engagement.Tests.Conversions;

public sealed class NewcombeTests
{
    /// <summary>The examples of Newcombe 1998, table II, method 10.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(0, 10, 0, 10, -0.2775, 0.2775)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0000)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void The_interval_is_the_published_one(int treated, int treatedTotal, int control, int controlTotal, double low, double high)
    {
        var interval = Newcombe.Of(treated, treatedTotal, control, controlTotal);
        interval.Difference.ShouldBe(((double)treated / treatedTotal) - ((double)control / controlTotal), 1e-12);
        interval.Low.ShouldBe(low, 0.00006);
        interval.High.ShouldBe(high, 0.00006);
    }
}
