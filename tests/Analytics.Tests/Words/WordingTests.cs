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
    public void A_funnel_question_reads_as_a_sentence(string query, string words) => Wording.Of(Read<FunnelQuery>(query), NameOf).ShouldBe(words);

    [Theory]
    [InlineData("""{"birth":{"event":"Sign Up"},"return":{"event":"Play"},"range":{"kind":"last","count":12,"unit":"week"},"birthKind":"firstEver"}""",
        "Of people who did “Sign Up” for the first time ever, how many came back and did “Play” in the 1st, 2nd, 3rd … week after, or later, last 12 weeks")]
    [InlineData("""{"birth":{},"return":{},"unit":"day","alignment":"calendar","criterion":"on","range":{"kind":"since","from":"2026-01-05"}}""",
        "Of people who did any event, how many came back and did any event in the 1st, 2nd, 3rd … day after (calendar days), since 5 Jan 2026")]
    public void A_retention_question_reads_as_a_sentence(string query, string words) => Wording.Of(Read<RetentionQuery>(query), NameOf).ShouldBe(words);

    [Theory]
    [InlineData("""{"anchor":{"event":"Push Opened"},"stepsBefore":1,"hidden":["Noise"],"range":{"kind":"last","count":30,"unit":"day"}}""",
        "What people do in the 1 step before and 3 steps after “Push Opened” within 30 days, without “Noise”, last 30 days")]
    public void A_flow_question_reads_as_a_sentence(string query, string words) => Wording.Of(Read<FlowQuery>(query), NameOf).ShouldBe(words);

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
    public void A_point_reads_as_a_sentence(string point, string words) => Wording.Of(Read<ReportPoint>(point), NameOf).ShouldBe(words);

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ModelJson.Options)!;

    private static string? NameOf(CohortId cohort) => cohort.Value == 7 ? "Pro" : null;
}
