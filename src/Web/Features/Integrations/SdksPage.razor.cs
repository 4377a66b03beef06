using Microsoft.AspNetCore.Components;
using Rondo.Web.Components.Snippets;

namespace Rondo.Web.Features.Integrations;

/// <summary>How every kind of program sends to this project.</summary>
public sealed partial class SdksPage
{
    /// <summary>The key of the snippet that is shown, from the address.</summary>
    [SupplyParameterFromQuery(Name = "way")]
    public string? Way { get; set; }

    private Snippet Chosen => Snippet.All.FirstOrDefault(snippet => snippet.Key == Way) ?? Snippet.All[0];

    private SnippetPlace Place => new(Project.Token, Navigation.BaseUri.TrimEnd('/'));

    private string TitleOf(SnippetGroup group) => group switch
    {
        SnippetGroup.Apps => L["Sites, apps and games"],
        SnippetGroup.Servers => L["Servers"],
        SnippetGroup.Http => L["Without a package"],
        _ => L["In Braze's protocols"],
    };
}
