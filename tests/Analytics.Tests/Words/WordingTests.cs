using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Tests.Words;

/// <summary>Questions as JSON and as sentences, side by side.</summary>
public sealed class WordingTests
{
    [Theory]
    [InlineData("""{"metrics":[{"event":{"event":"Play"}}],"range":{"kind":"last","count":12,"unit":"week"},"unit":"week","breakdowns":[{"source":"event","property":"utm_source"}]}""",
        "How many people did “Play”, each week, by “utm_source”, last 12 weeks")]
    [InlineData("""{"metrics":[{"event":{"event":"A"}},{"event":{"event":"B"},"measure":"total"},{"event":{}}],"range":{"kind":"last","count":1,"unit":"day"},"unit":"hour"}""",
        "How many people did “A”, how many times “B” happened and how many people did any event, each hour, today")]
    public void An_insights_question_reads_as_a_sentence(string query, string words) => Wording.Of(Read<InsightsQuery>(query), NameOf).ShouldBe(words);

    [Theory]
    [InlineData("""{"steps":[{"event":"Push Opened"},{"event":"Checkout"}],"window":{"count":1,"unit":"session"},"range":{"kind":"last","count":30,"unit":"day"},"breakdowns":[{"source":"user","property":"platform"}]}""",
        "Of people who did “Push Opened”, how many did “Checkout” within 1 session, by “platform”, last 30 days")]
    [InlineData("""{"steps":[{"event":"A","filter":{"kind":"property","source":"event","property":"p","operator":"equals","values":["x","y"]}},{"event":"B"},{"event":null}],"reEntry":"optimized","range":{"kind":"between","from":"2026-01-01","to":"2026-01-31"},"filter":{"kind":"cohort","cohort":7,"isMember":true}}""",
        "Of people who did “A” where “p” is “x” or “y”, how many did “B”, then any event within 7 days (best attempt), where the person is in cohort “Pro”, 1 Jan 2026 to 31 Jan 2026")]
    [InlineData("""{"steps":[{"event":"A"},{"event":"B"},{"event":"C"}],"optional":[1],"exclusions":[{"event":{"event":"X"}}],"holdConstant":["item"],"counting":"totals","breakdowns":[{"source":"event","property":"os"}],"attribution":"lastDefined","range":{"kind":"last","count":7,"unit":"day"}}""",
        "Of attempts with “A”, how many go on to “B” (or not), then “C” within 7 days, without “X” between, with the same “item”, by “os” (last value on the way), last 7 days")]
    [InlineData("""{"steps":[{"event":"$session_start"},{"event":"B"},{"event":"C"}],"order":"any","anchored":[0],"counting":"sessions","sessions":{"kind":"property","property":"sid"},"range":{"kind":"last","count":7,"unit":"day"}}""",
        "How many sessions hold the start of a session, “B” and “C” in any order (step 1 in place) within 1 session (a session has one value of “sid”), last 7 days")]
    public void A_funnel_question_reads_as_a_sentence(string query, string words) => Wording.Of(Read<FunnelQuery>(query), NameOf).ShouldBe(words);

    [Theory]
    [InlineData("""{"birth":{"event":"Sign Up"},"return":{"event":"Play"},"range":{"kind":"last","count":12,"unit":"week"},"birthKind":"firstEver"}""",
        "Of people who did “Sign Up” for the first time ever, how many came back and did “Play” in the 1st, 2nd, 3rd … week after, or later, last 12 weeks")]
    [InlineData("""{"birth":{},"return":{},"unit":"day","alignment":"calendar","criterion":"on","range":{"kind":"since","from":"2026-01-05"}}""",
        "Of people who did any event, how many came back and did any event in the 1st, 2nd, 3rd … day after (calendar days), since 5 Jan 2026")]
    [InlineData("""{"birth":{"event":"A"},"return":{"event":"B"},"unit":"day","brackets":[1,2,4],"criterion":"streak","birthKind":"firstInRange","sumProperty":"price","breakdowns":[{"source":"event","property":"os"}],"breakdownOn":"return","range":{"kind":"last","count":7,"unit":"day"}}""",
        "Of people who did “A” for the first time, how many came back and did “B” in day 0, day 1 to 2 and day 3 to 6 after, without a break, with the sum of “price”, by “os” of the return, last 7 days")]
    public void A_retention_question_reads_as_a_sentence(string query, string words) => Wording.Of(Read<RetentionQuery>(query), NameOf).ShouldBe(words);

    [Theory]
    [InlineData("""{"anchor":{"event":"Push Opened"},"stepsBefore":1,"hidden":["Noise"],"range":{"kind":"last","count":30,"unit":"day"}}""",
        "What people do in the 1 step before and 3 steps after “Push Opened” within 30 days, without “Noise”, last 30 days")]
    [InlineData("""{"anchor":{"event":"A"},"stepsAfter":2,"then":[{"event":{"event":"B"},"stepsBefore":1}],"counting":"sessions","expand":[{"event":"View","property":"page"}],"range":{"kind":"last","count":30,"unit":"day"}}""",
        "What people do, session by session, in the 2 steps after “A”, then in the 1 step before “B” within 1 session, “View” by “page”, last 30 days")]
    public void A_flow_question_reads_as_a_sentence(string query, string words) => Wording.Of(Read<FlowQuery>(query), NameOf).ShouldBe(words);

    [Fact]
    public void A_frequency_question_reads_as_a_sentence() =>
        Wording.Of(Read<FrequencyQuery>("""{"event":{"event":"A"},"period":"month","within":"day","range":{"kind":"last","count":3,"unit":"month"}}"""), NameOf)
            .ShouldBe("On how many days of a month people did “A”, last 3 months");

    [Theory]
    [InlineData("""{"kind":"all","of":[]}""", "Everyone")]
    [InlineData("""{"kind":"did","event":{"event":"Buy"},"comparison":"atLeast","count":3,"during":{"kind":"last","count":30,"unit":"day"}}""", "People who did “Buy” at least 3 times in the last 30 days")]
    [InlineData("""{"kind":"did","event":{"event":"Buy"},"comparison":"exactly","count":0,"during":{"kind":"last","count":1,"unit":"week"}}""", "People who did not do “Buy” this week")]
    [InlineData("""{"kind":"did","event":{"event":"Buy"},"comparison":"exactly","count":0}""", "People who never did “Buy”")]
    [InlineData("""{"kind":"did","event":{"event":"Buy"},"comparison":"atMost","count":1}""", "People who did “Buy” at most 1 time")]
    [InlineData("""{"kind":"all","of":[{"kind":"property","source":"user","property":"plan","operator":"isSet","values":[]},{"kind":"any","of":[{"kind":"property","source":"user","property":"age","operator":"between","values":[18,1000.5]},{"kind":"cohort","cohort":8,"isMember":false}]}]}""",
        "People whose “plan” is set and for whom “age” is between 18 and 1,000.5 or the person is not in cohort “no. 8, deleted”")]
    [InlineData("""{"kind":"property","source":"user","property":"born","operator":"before","values":["2000-01-31"]}""", "People whose “born” is before 31 Jan 2000")]
    [InlineData("""{"kind":"property","source":"user","property":"city","operator":"doesNotContain","values":["a","b","c","d","e","f"]}""", "People whose “city” does not contain one of 6 values")]
    public void A_cohort_reads_as_a_sentence(string where, string words) => Wording.Of(new FilterCohort(Read<Predicate>(where)), NameOf).ShouldBe(words);

    [Theory]
    [InlineData("""{"kind":"funnel","query":{"steps":[{"event":"A"},{"event":"B"}],"range":{"kind":"last","count":7,"unit":"day"},"breakdowns":[{"source":"event","property":"os"}]},"step":1,"outcome":"droppedOff","segment":{"kind":"value","value":"iOS"}}""",
        "People who did “A”, and did not go on to “B” within 7 days, entering in the last 7 days, with “os” “iOS”")]
    [InlineData("""{"kind":"insights","query":{"metrics":[{"event":{"event":"A"}}],"range":{"kind":"last","count":7,"unit":"day"}},"metric":0,"segment":{"kind":"overall"},"bucket":"2026-03-09T00:00:00Z"}""",
        "People who did “A” on the day from 9 Mar 2026 00:00 UTC")]
    [InlineData("""{"kind":"retention","query":{"birth":{"event":"A"},"return":{"event":"B"},"range":{"kind":"last","count":8,"unit":"week"},"breakdowns":[{"source":"event","property":"utm_source"}]},"bucket":3,"outcome":"notRetained","segment":{"kind":"notSet"}}""",
        "People who did “A” in the last 8 weeks and did not do “B” in week 3 after or later, with “utm_source” not set")]
    [InlineData("""{"kind":"flow","query":{"anchor":{"event":"A"},"range":{"kind":"last","count":7,"unit":"day"}},"node":{"column":1,"kind":"event","event":"B"},"to":{"column":2,"kind":"dropOff"}}""",
        "People who did “A” in the last 7 days, with “B” as step 1 after, then no further event as step 2 after")]
    [InlineData("""{"kind":"funnel","query":{"steps":[{"event":"A"},{"event":"B"}],"timeToConvert":{},"range":{"kind":"last","count":7,"unit":"day"}},"step":1,"outcome":"converted","segment":{"kind":"overall"},"timeBucket":3}""",
        "People who did “A”, then “B” after 1 minute to 2 minutes within 7 days, entering in the last 7 days")]
    [InlineData("""{"kind":"frequency","query":{"event":{"event":"A"},"range":{"kind":"last","count":8,"unit":"week"}},"row":"2026-03-09T00:00:00Z","count":3,"segment":{"kind":"overall"}}""",
        "People who did “A” on at least 3 days in the week from 9 Mar 2026 00:00 UTC")]
    [InlineData("""{"kind":"flow","query":{"anchor":{"event":"A"},"stepsAfter":1,"then":[{"event":{"event":"B"},"stepsBefore":1}],"range":{"kind":"last","count":7,"unit":"day"}},"node":{"column":2,"kind":"event","event":"C","value":"x"},"to":{"column":3,"kind":"anchor","event":"B"}}""",
        "People who did “A” in the last 7 days, with “C: x” as step 1 before “B”, then “B”")]
    public void A_point_reads_as_a_sentence(string point, string words) => Wording.Of(Read<ReportPoint>(point), NameOf).ShouldBe(words);

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ModelJson.Options)!;

    private static string? NameOf(CohortId cohort) => cohort.Value == 7 ? "Pro" : null;
}
