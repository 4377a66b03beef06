namespace Rondo.Soaking;

/// <summary>Reports over all events of the made-up service, as a page asks them.</summary>
public static class ListeningReports
{
    /// <summary>All days in which there are events.</summary>
    public const string Range = """{"kind":"between","from":"2026-01-05","to":"2026-06-01"}""";

    /// <summary>What each is called, which report it is, and the question.</summary>
    public static IReadOnlyList<(string Name, string Report, string Question)> All { get; } =
    [
        ("funnel", "funnel", $$$"""{"steps":[{"event":"View Homepage"},{"event":"Play Song"},{"event":"Add To Playlist"}],"range":{{{Range}}},"window":{"count":7,"unit":"day"}}"""),
        ("retention", "retention", $$$"""{"birth":{"event":"App Open"},"return":{"event":"Play Song"},"range":{{{Range}}},"unit":"week"}"""),
        ("uniques", "insights", $$$"""{"metrics":[{"event":{"event":"Play Song"},"measure":"uniques"}],"range":{{{Range}}},"unit":"day"}"""),
        ("count by platform", "insights", $$$"""{"metrics":[{"event":{"event":"Play Song"},"measure":"total"}],"range":{{{Range}}},"unit":"day","breakdowns":[{"source":"event","property":"platform"}]}"""),
    ];
}
