using Microsoft.AspNetCore.Components;
using MudBlazor;
using Rondo.Analytics.Contracts;
using Rondo.Engagement.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Web.Components;

namespace Rondo.Web.Features.Campaigns;

/// <summary>Writes a campaign in five steps. Nothing is sent before the launch was confirmed with its number.</summary>
public sealed partial class CampaignEditor
{
    private static readonly ComposerStep[] Steps = Enum.GetValues<ComposerStep>();
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    private CampaignDraft? _draft;
    private int? _id;
    private bool _isMissing;
    private bool _isDirty;
    private bool _isWorking;
    private string? _savedText;
    private int _variant;
    private int _changes;
    private int _person;
    private Reach? _reach;
    private LaunchReview? _review;
    private Message? _shownMessage;
    private MessagePreview? _preview;
    private string? _previewName;
    private IReadOnlyList<PersonSummary> _previewPeople = [];
    private IReadOnlyList<Problem> _previewProblems = [];
    private IReadOnlyList<Problem> _problems = [];

    [Parameter]
    public int? CampaignNumber { get; set; }

    [SupplyParameterFromQuery(Name = "step")]
    public string? StepText { get; set; }

    [SupplyParameterFromQuery(Name = "cohort")]
    public int? CohortNumber { get; set; }

    [SupplyParameterFromQuery(Name = "segment")]
    public int? SegmentNumber { get; set; }

    [Inject]
    private ICampaigns Campaigns { get; set; } = default!;

    [Inject]
    private ISegments Segments { get; set; } = default!;

    [Inject]
    private ICohorts Cohorts { get; set; } = default!;

    [Inject]
    private IPeople People { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    private ComposerStep Step => Enum.TryParse<ComposerStep>(StepText, ignoreCase: true, out var step) && Enum.IsDefined(step) ? step : ComposerStep.Message;

    private string LaunchText => (_draft!.Delivery, _review) switch
    {
        (_, null) => L["Launch"],
        (DeliveryChoice.Trigger, _) => L["Start the campaign"],
        (DeliveryChoice.At, { } review) => L["Schedule for {0} people", Figures.Count(review.Messaged)],
        (_, { } review) => L["Launch to {0} people", Figures.Count(review.Messaged)],
    };

    /// <summary>The running sentence: audience, every subtraction, and what remains.</summary>
    private string ReachWords
    {
        get
        {
            if (_reach is not { } reach || _draft is not { } draft)
            {
                return L["Counting people…"];
            }

            var channel = reach.Channels.First(one => one.Channel == draft.Channel);
            var lost = channel.Unreachable.Where(part => part.Value > 0)
                .Select(part => $"{Figures.Count(part.Value)} {ReasonWords.Of(char.ToLowerInvariant(part.Key.ToString()[0]) + part.Key.ToString()[1..], L).ToLower(System.Globalization.CultureInfo.CurrentCulture)}")
                .ToList();
            var held = Step == ComposerStep.Review && _review is { } review
                ? L[" {0} are held out as control group, {1} are messaged.", Figures.Count(review.Control), Figures.Count(review.Messaged)].Value
                : draft.ControlPercent > 0 ? L[" About {0} of them are held out as control group.", Figures.Count(channel.Reachable * draft.ControlPercent / 100)].Value : string.Empty;
            return (lost.Count == 0
                ? L["{0} people in the audience, all of them reachable.", Figures.Count(reach.People)]
                : L["{0} people in the audience − {1} = {2} reachable.", Figures.Count(reach.People), string.Join(" − ", lost), Figures.Count(channel.Reachable)]) + held;
        }
    }

    protected override async Task OnInitializedAsync()
    {
        if (CampaignNumber is { } number)
        {
            var campaign = await Campaigns.FindAsync(Project.Id, number, CancellationToken.None);
            if (campaign is null)
            {
                _isMissing = true;
                return;
            }

            if (campaign.State != CampaignState.Draft)
            {
                Navigation.NavigateTo(PathOf($"campaigns/{number}"), replace: true);
                return;
            }

            (_id, _draft) = (number, CampaignDraft.Of(campaign.Plan, Project.Calendar, Now));
        }
        else
        {
            _draft = CampaignDraft.New(Project.Calendar, Now);
            await StartFromAsync(_draft);
        }

        await AudienceChangedAsync();

        // Counting takes a while on a busy server. What was written, or reviewed and is about to be launched, meanwhile stays.
        _isDirty &= _changes > 1;
        if (_review is null)
        {
            await ReviewIfThereAsync();
        }
    }

    private async Task StartFromAsync(CampaignDraft draft)
    {
        if (CohortNumber is { } cohortNumber && await Cohorts.FindAsync(Project.Id, new CohortId(cohortNumber), CancellationToken.None) is { } cohort)
        {
            draft.Audience = new CohortPredicate(cohort.Id, IsMember: true);
            draft.Name = cohort.Name;
        }
        else if (SegmentNumber is { } segmentNumber && await Segments.FindAsync(Project.Id, segmentNumber, CancellationToken.None) is { } segment)
        {
            draft.Audience = segment.Where is AllPredicate { Of.Length: 0 } ? null : segment.Where;
            draft.Name = segment.Name;
        }
    }

    private IEnumerable<Problem> ProblemsOf(ComposerStep step) => _problems.Where(problem => StepOf(problem) == step);

    private static ComposerStep? StepOf(Problem problem) => problem.Field switch
    {
        "name" or "channel" => ComposerStep.Message,
        "controlPercent" or "variants" => ComposerStep.Audience,
        var field when field.EndsWith(".percent", StringComparison.Ordinal) || field.StartsWith("audience", StringComparison.Ordinal) => ComposerStep.Audience,
        var field when field.StartsWith("variants", StringComparison.Ordinal) => ComposerStep.Message,
        var field when field.StartsWith("delivery", StringComparison.Ordinal) => ComposerStep.Delivery,
        var field when field.StartsWith("goal", StringComparison.Ordinal) || field.StartsWith("landing", StringComparison.Ordinal) => ComposerStep.Conversions,
        _ => null,
    };

    private async Task GoTo(ComposerStep step)
    {
        StepText = step.ToString();
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("step", step.ToString().ToLowerInvariant()), replace: true);
        await ReviewIfThereAsync();
    }

    private async Task ReviewIfThereAsync()
    {
        if (Step != ComposerStep.Review || _draft is null)
        {
            return;
        }

        _review = null;
        var review = await Campaigns.ReviewAsync(Project.Id, _draft.ToPlan(Project.Calendar), CancellationToken.None);
        (_review, _problems) = (review.Value, review.Problems);
    }

    private async Task AudienceChangedAsync()
    {
        var changes = _changes;
        var where = _draft!.Audience ?? new AllPredicate([]);
        var reach = await Segments.ReachAsync(Project.Id, where, CancellationToken.None);
        if (changes == _changes)
        {
            _reach = reach.Value ?? _reach;
        }

        var people = await People.WhereAsync(Project.Id, where, CancellationToken.None);
        _previewPeople = people.IsAccepted ? (await People.ListAsync(Project.Id, people.Value, null, 0, 20, CancellationToken.None)).People : [];
        _person = 0;
        await ChangedAsync();
    }

    private Task NextPersonAsync()
    {
        _person++;
        return PreviewAsync();
    }

    private async Task ChangedAsync()
    {
        _isDirty = true;
        _savedText = null;
        var changes = ++_changes;

        // Problems of the last attempt are shown until the field is touched again; then they are asked for anew.
        if (_problems.Count > 0)
        {
            var review = await Campaigns.ReviewAsync(Project.Id, _draft!.ToPlan(Project.Calendar), CancellationToken.None);
            if (changes == _changes)
            {
                _problems = review.Problems;
            }
        }

        await Task.Delay(Settling, Time);
        if (changes == _changes)
        {
            await PreviewAsync();
        }
    }

    private async Task PreviewAsync()
    {
        _variant = Math.Clamp(_variant, 0, _draft!.Variants.Count - 1);
        _shownMessage = _draft.Variants[_variant].ToMessage(_draft.Channel);
        var person = _previewPeople.Count == 0 ? null : _previewPeople[_person % _previewPeople.Count];
        _previewName = person?.Name ?? person?.DistinctId;
        var preview = await Campaigns.PreviewAsync(Project.Id, _shownMessage, person?.DistinctId, CancellationToken.None);
        (_preview, _previewProblems) = (preview.Value, preview.Problems);
    }

    private async Task<bool> SaveAsync()
    {
        _isWorking = true;
        var plan = _draft!.ToPlan(Project.Calendar);
        var outcome = _id is { } id
            ? await Campaigns.ChangeAsync(Project.Id, id, plan, CancellationToken.None)
            : await Campaigns.CreateAsync(Project.Id, plan, CancellationToken.None);
        _isWorking = false;
        _problems = outcome.Problems;
        if (!outcome.IsAccepted)
        {
            var first = _problems.Select(StepOf).FirstOrDefault(step => step is not null);
            if (first is { } step && step != Step && Step != ComposerStep.Review)
            {
                await GoTo(step);
            }

            return false;
        }

        _isDirty = false;
        _savedText = L["Saved at {0}", Figures.Clock(Now, Project.Calendar)];
        if (_id is null)
        {
            _id = outcome.Value.Id;
            Visit.ContinueAt(PathOf($"campaigns/{_id}/edit?step={Step.ToString().ToLowerInvariant()}"));
        }

        return true;
    }

    private async Task LaunchAsync()
    {
        if (_review is not { } review)
        {
            return;
        }

        var (question, action) = _draft!.Delivery switch
        {
            DeliveryChoice.Trigger => (L["From now on, people of the audience who do {0} are messaged. {1} people are reachable now.", Components.Pickers.EventTitle.Of(_draft.Trigger.Event, L), Figures.Count(review.Messaged)], L["Start the campaign"]),
            DeliveryChoice.At => (L["About {0} people will be messaged at the time you chose.", Figures.Count(review.Messaged)], L["Schedule"]),
            _ => (L["{0} people will be messaged now. This cannot be taken back.", Figures.Count(review.Messaged)], L["Launch to {0} people", Figures.Count(review.Messaged)]),
        };
        var dialog = await Dialogs.ShowAsync<ConfirmDialog>(L["Launch “{0}”?", _draft.Name], new DialogParameters<ConfirmDialog>
        {
            { one => one.Text, question.Value },
            { one => one.Action, action.Value },
        });
        if (await dialog.Result is not { Canceled: false } || !await SaveAsync())
        {
            return;
        }

        _isWorking = true;
        var launched = await Campaigns.LaunchAsync(Project.Id, _id!.Value, CancellationToken.None);
        _isWorking = false;
        _problems = launched.Problems;
        if (launched.IsAccepted)
        {
            Navigation.NavigateTo(PathOf($"campaigns/{launched.Value.Id}"));
        }
    }
}
