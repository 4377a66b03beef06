using Microsoft.AspNetCore.Components;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Web.Features.Campaigns;

/// <summary>Name, channel, and the text of every variant.</summary>
public sealed partial class MessageStep
{
    [Parameter, EditorRequired]
    public CampaignDraft Draft { get; set; } = default!;

    [Parameter]
    public IReadOnlyList<Problem> Problems { get; set; } = [];

    [Parameter]
    public EventCallback OnChange { get; set; }

    /// <summary>Index of the variant that is edited and previewed.</summary>
    [Parameter]
    public int Chosen { get; set; }

    [Parameter]
    public EventCallback<int> ChosenChanged { get; set; }

    private IReadOnlyList<(Channel Value, string Text)> Channels => [(Channel.Push, L["Push"]), (Channel.Email, L["E-mail"])];

    private Task SetAsync(Action set)
    {
        set();
        return OnChange.InvokeAsync();
    }

    private async Task ChooseAsync(int index)
    {
        await ChosenChanged.InvokeAsync(index);
        await OnChange.InvokeAsync();
    }

    private async Task AddAsync()
    {
        var last = Draft.Variants[^1];
        var letter = Enumerable.Range('A', 26).Select(code => $"Variant {(char)code}").First(name => Draft.Variants.All(variant => variant.Name != name));
        Draft.Variants.Add(new VariantDraft
        {
            Name = letter,
            Title = last.Title,
            Body = last.Body,
            Link = last.Link,
            ImageUrl = last.ImageUrl,
            Subject = last.Subject,
            Preheader = last.Preheader,
            Html = last.Html,
        });
        Draft.ShareEvenly();
        await ChooseAsync(Draft.Variants.Count - 1);
    }

    private async Task RemoveAsync(VariantDraft variant)
    {
        Draft.Variants.Remove(variant);
        Draft.ShareEvenly();
        await ChooseAsync(0);
    }
}
