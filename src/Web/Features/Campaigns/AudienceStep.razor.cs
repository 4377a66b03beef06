using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Web.Features.Campaigns;

/// <summary>To whom, and how the audience is split between variants and control group.</summary>
public sealed partial class AudienceStep
{
    private IReadOnlyList<AudienceSegment> _segments = [];

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private ISegments Segments { get; set; } = default!;

    [Parameter, EditorRequired]
    public CampaignDraft Draft { get; set; } = default!;

    [Parameter]
    public IReadOnlyList<Problem> Problems { get; set; } = [];

    [Parameter]
    public EventCallback OnChange { get; set; }

    private int Total => Draft.Variants.Sum(variant => variant.Percent) + Draft.ControlPercent;

    protected override async Task OnInitializedAsync() => _segments = await Segments.ListAsync(Project.Id, includeArchived: false, CancellationToken.None);

    private Task SetAsync(Action set)
    {
        set();
        return OnChange.InvokeAsync();
    }

    private Task SetNumberAsync(ChangeEventArgs change, Action<int> set) =>
        int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var number) ? SetAsync(() => set(number)) : Task.CompletedTask;

    private Task ChangeControlAsync(ChangeEventArgs change) => SetNumberAsync(change, percent =>
    {
        Draft.ControlPercent = percent;
        if (percent is >= 0 and <= 99)
        {
            Draft.ShareEvenly();
        }
    });

    private Task TakeSegmentAsync(ChangeEventArgs change)
    {
        var segment = _segments.FirstOrDefault(one => one.Id.ToString(CultureInfo.InvariantCulture) == change.Value?.ToString());
        return segment is null ? Task.CompletedTask : SetAsync(() => Draft.Audience = segment.Where is AllPredicate { Of.Length: 0 } ? null : segment.Where);
    }
}
