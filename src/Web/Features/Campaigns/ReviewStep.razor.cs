using Microsoft.AspNetCore.Components;
using Rondo.Engagement.Contracts;
using Rondo.Model.Queries;
using Rondo.Web.Components;
using Rondo.Web.Components.Pickers;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Campaigns;

/// <summary>The whole campaign as one paragraph with its exact number, and every part with a way back to it.</summary>
public sealed partial class ReviewStep
{
    [Parameter, EditorRequired]
    public CampaignDraft Draft { get; set; } = default!;

    /// <summary>Null while it is asked for, or refused.</summary>
    [Parameter]
    public LaunchReview? Review { get; set; }

    [Parameter]
    public IReadOnlyList<Problem> Problems { get; set; } = [];

    [Parameter]
    public EventCallback<ComposerStep> OnGo { get; set; }

    private string WordsOf(LaunchReview review) => Phrases.IsEnglish ? review.Words : L[
        Draft.Channel == Channel.Push ? "push to {0} of {1} people, {2} held out, {3} not reachable" : "e-mail to {0} of {1} people, {2} held out, {3} not reachable",
        Figures.Count(review.Messaged),
        Figures.Count(review.Reach.People),
        Figures.Count(review.Control),
        Figures.Count(review.Reach.People - review.Messaged - review.Control)];

    private IEnumerable<(ComposerStep Step, string Title, string Text)> Lines =>
    [
        (ComposerStep.Message, L["Message"], string.Join(" · ", Draft.Variants.Select(variant => $"{variant.Name}: “{(Draft.Channel == Channel.Push ? (variant.Title.Length > 0 ? variant.Title : variant.Body) : variant.Subject)}”"))),
        (ComposerStep.Delivery, L["Delivery"], Draft.Delivery switch
        {
            DeliveryChoice.At => L["Once, at {0}", Draft.At.ToString("g", System.Globalization.CultureInfo.CurrentCulture)],
            DeliveryChoice.Trigger => L["Whenever somebody does {0}, {1} minutes later", EventTitle.Of(Draft.Trigger.Event, L), Draft.DelayMinutes],
            _ => L["Once, at launch"],
        }),
        (ComposerStep.Audience, L["Audience"], Draft.ControlPercent > 0 ? L["{0}% messaged, {1}% control group", 100 - Draft.ControlPercent, Draft.ControlPercent] : L["Everyone in the audience, no control group"]),
        (ComposerStep.Conversions, L["Conversions"], Draft.Goal is null ? L["Not counted"] : L["{0} within {1} hours", EventTitle.Of(Draft.Goal.Event, L), Draft.GoalHours]),
    ];
}
