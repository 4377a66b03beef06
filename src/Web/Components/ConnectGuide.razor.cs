using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Web.Components.Snippets;
using Rondo.Web.Frame;

namespace Rondo.Web.Components;

/// <summary>How an app sends events to this project, ready to be copied: the usual ways; all others have a page of their own.</summary>
public sealed partial class ConnectGuide
{
    private const string ImportWay = "import";
    private string _way = "browser";

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private IReadOnlyList<(string Value, string Text)> Ways => [("browser", L["Browser"]), ("node", "Node.js"), ("curl", "HTTP"), (ImportWay, L["Import a file"])];

    private string AllPath => ProjectPlace.PathOf(Project.Id, "integrations/sdks");

    private string Text => _way == ImportWay
        ? $"""
            ./rondo import events.ndjson --project "{Project.Name}" --format mixpanel

            ./rondo import events.csv --project "{Project.Name}" --format csv --event event_name --user user_id --time created_at
            """
        : Snippet.Of(_way).TextFor(new SnippetPlace(Project.Token, Navigation.BaseUri.TrimEnd('/')));
}
