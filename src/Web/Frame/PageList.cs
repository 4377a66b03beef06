using static MudBlazor.Icons.Material;

namespace Rondo.Web.Frame;

/// <summary>A page of a project: title (a key of the words), path below the project, icon, and the letter after "g" that goes there.</summary>
internal sealed record PageEntry(string Title, string Path, string Icon, char Key);

/// <summary>Pages under one heading; the first ones have none.</summary>
internal sealed record PageGroup(string? Title, IReadOnlyList<PageEntry> Pages);

/// <summary>The pages in the order of the rail, for the rail and the command palette.</summary>
internal static class PageList
{
    public static IReadOnlyList<PageGroup> Groups { get; } =
    [
        new(null, [new("Home", "home", Outlined.Home, 'h')]),
        new("Analyse",
        [
            new("Insights", "insights", Outlined.ShowChart, 'i'),
            new("Funnels", "funnels", Outlined.FilterAlt, 'f'),
            new("Retention", "retention", Outlined.Autorenew, 'r'),
            new("Flows", "flows", Outlined.AccountTree, 'w'),
            new("Users", "users", Outlined.PersonSearch, 'u'),
            new("Cohorts", "cohorts", Outlined.Group, 'c'),
            new("Events", "events", Outlined.Bolt, 'e'),
            new("Lexicon", "lexicon", Outlined.MenuBook, 'l'),
        ]),
        new("Engage",
        [
            new("Segments", "segments", Outlined.DonutLarge, 's'),
            new("Campaigns", "campaigns", Outlined.Campaign, 'm'),
        ]),
        new("Connect", [new("Integrations", "integrations", Outlined.Cable, 'n')]),
    ];
}
