using Rondo.Engagement.Campaigns;
using Rondo.Engagement.Contracts;

namespace Rondo.Engagement.Tests.Campaigns;

public sealed class StickySplitTests
{
    private static readonly PushMessage Message = new("a", "b", string.Empty);

    [Theory]
    [InlineData("1/Come back", "ada", 9046)]
    [InlineData("1/Come back", "$device:77", 5461)]
    [InlineData("2/Come back", "ada", 823)]
    [InlineData("", "", 7193)]
    public void The_bucket_of_a_person_never_changes(string salt, string person, int bucket) => StickySplit.BucketOf(salt, person).ShouldBe(bucket);

    [Fact]
    public void Shares_are_as_planned_and_independent_between_campaigns()
    {
        var plan = World.PushPlan(control: 20, variants: [new Variant("A", 50, Message), new Variant("B", 30, Message)]);
        var people = Enumerable.Range(0, 100_000).Select(index => $"person-{index}").ToList();
        var first = people.ToDictionary(person => person, person => StickySplit.ArmOf(plan, "1/first", person));
        foreach (var (arm, share) in new[] { (StickySplit.Control, 0.2), (0, 0.5), (1, 0.3) })
        {
            // Four standard deviations of a binomial share of 100,000.
            (first.Values.Count(value => value == arm) / 100_000.0).ShouldBe(share, 4 * Math.Sqrt(share * (1 - share) / 100_000));
        }

        var controlInBoth = people.Count(person => first[person] == StickySplit.Control && StickySplit.ArmOf(plan, "1/second", person) == StickySplit.Control);
        (controlInBoth / 100_000.0).ShouldBe(0.04, 0.0025);
    }

    [Fact]
    public void A_whole_share_takes_everyone() =>
        Enumerable.Range(0, 1000).ShouldAllBe(index => StickySplit.ArmOf(World.PushPlan(), "s", $"p{index}") == 0);
}
