using Rondo.Engine.Compaction;

namespace Rondo.Engine.Tests;

/// <summary>Which parts are joined: few stay, none grows beyond what a file may have, damaged ones are left alone.</summary>
public sealed class CompactionPlanTests
{
    private const int Head = 100;
    private const int FanIn = 4;
    private const long Largest = 10_000_000;
    private const int BytesOfRow = 7;

    [Theory]
    [InlineData(200)]
    [InlineData(20_000)]
    public void The_number_of_parts_stays_small_and_no_file_too_large(int heads)
    {
        var parts = new List<PartSize>();
        var most = 0;
        for (var sealings = 0; sealings < heads; sealings++)
        {
            parts.Add(new PartSize(Head, Head * BytesOfRow, false));
            while (CompactionPlan.Choose(parts, FanIn, Head, Largest) is (var start, var count and > 0))
            {
                var joined = parts.Skip(start).Take(count).ToList();
                parts.RemoveRange(start, count);
                parts.Insert(start, new PartSize(joined.Sum(part => part.RowCount), joined.Sum(part => part.LargestFileBytes), false));
            }

            parts.ShouldAllBe(part => part.LargestFileBytes <= Largest);
            most = Math.Max(most, parts.Count);
        }

        var rows = (long)heads * Head;
        var full = rows * BytesOfRow / (Largest / FanIn);
        most.ShouldBeLessThanOrEqualTo((int)(full + (FanIn * Math.Ceiling(Math.Log(heads, FanIn))) + FanIn));
        parts.Sum(part => part.RowCount).ShouldBe(rows);
    }

    [Fact]
    public void A_damaged_part_is_neither_joined_nor_jumped_over()
    {
        PartSize[] parts = [Sound(), Sound(), Sound(), new PartSize(Head, 1, true), Sound(), Sound(), Sound(), Sound()];
        CompactionPlan.Choose(parts, FanIn, Head).ShouldBe((4, 4));
        CompactionPlan.All(parts).ShouldBe([(0, 3), (4, 4)]);
        CompactionPlan.Choose(parts[..7], FanIn, Head).ShouldBe((0, 0));
    }

    [Fact]
    public void All_parts_are_joined_into_as_few_as_fit_into_a_file()
    {
        PartSize[] parts = [Sound(40), Sound(40), Sound(40), Sound(150), Sound(10), Sound(10)];
        CompactionPlan.All(parts, 100).ShouldBe([(0, 2), (4, 2)]);
    }

    private static PartSize Sound(long bytes = 1) => new(Head, bytes, false);
}
