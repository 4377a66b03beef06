using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;

namespace Rondo.Web.Components;

/// <summary>How an app sends events to this project, ready to be copied.</summary>
public sealed partial class ConnectGuide
{
    private string _way = "browser";

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private IReadOnlyList<(string Value, string Text)> Ways => [("browser", L["Browser"]), ("node", "Node.js"), ("http", "HTTP"), ("import", L["Import a file"])];

    private string Address => Navigation.BaseUri.TrimEnd('/');

    private string Snippet => _way switch
    {
        "browser" => $$"""
            npm install mixpanel-browser

            import mixpanel from "mixpanel-browser";

            mixpanel.init("{{Project.Token}}", { api_host: "{{Address}}" });
            mixpanel.identify("user-1");
            mixpanel.people.set({ $name: "Ada", $email: "ada@example.com" });
            mixpanel.track("Play Song", { genre: "jazz" });
            """,
        "node" => $$"""
            npm install mixpanel

            const mixpanel = require("mixpanel").init("{{Project.Token}}", {
              host: "{{new Uri(Address).Authority}}", protocol: "{{new Uri(Address).Scheme}}",
            });
            mixpanel.track("Play Song", { distinct_id: "user-1", genre: "jazz" });
            mixpanel.people.set("user-1", { $name: "Ada", $email: "ada@example.com" });
            """,
        "http" => $$$"""
            curl {{{Address}}}/track -H "content-type: application/json" -d '[
              {"event": "Play Song", "properties": {"token": "{{{Project.Token}}}", "distinct_id": "user-1", "genre": "jazz"}}
            ]'
            """,
        _ => $$"""
            ./rondo import events.ndjson --project "{{Project.Name}}" --format mixpanel

            ./rondo import events.csv --project "{{Project.Name}}" --format csv --event event_name --user user_id --time created_at
            """,
    };
}
