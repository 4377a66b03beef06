using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model;
using Rondo.Model.Cohorts;
using Rondo.Model.Lexicon;
using Rondo.Model.Queries;
using Rondo.Web.Resources;

namespace Rondo.Web.Components.Reports;

/// <summary>
/// What every report page does: the question lives in the address; a change writes the address, and the address asks. So
/// back, forward, bookmarks and links all work without any further care.
/// </summary>
public abstract class ReportPage<TQuery, TResult> : ComponentBase, IDisposable
    where TQuery : class
{
    private CancellationTokenSource? _asking;
    private string? _askedText;
    private (TQuery? Of, DisplayNames? Names, TQuery? Query) _called;

    /// <summary>The project's number, from the address.</summary>
    [Parameter]
    public int ProjectNumber { get; set; }

    /// <summary>The question, from the address.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? QueryText { get; set; }

    [CascadingParameter]
    protected Project Project { get; set; } = default!;

    [Inject]
    protected IReports Reports { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    protected Vocabulary Vocabulary { get; set; } = default!;

    [Inject]
    protected IStringLocalizer<Words> Text { get; set; } = default!;

    /// <summary>The present question; null only before the first one is known, or when there are no events yet.</summary>
    protected TQuery? Query { get; private set; }

    /// <summary>The newest answer; it stays while the next one is computed.</summary>
    protected Answer<TResult>? Answer { get; private set; }

    /// <summary>The question <see cref="Answer"/> belongs to.</summary>
    protected TQuery? AnsweredQuery { get; private set; }

    protected IReadOnlyList<Problem> Problems { get; private set; } = [];

    protected Exception? Failure { get; private set; }

    protected bool IsAsking { get; private set; }

    /// <summary>Whether the project has no events, so that there is nothing to ask.</summary>
    protected bool HasNoEvents { get; private set; }

    protected PointMenu? PointMenu { get; set; }

    /// <summary>What events and properties are called.</summary>
    protected DisplayNames Names => Phrases.Called;

    /// <summary>Words for questions, conditions and cohorts; there as soon as <see cref="Query"/> is.</summary>
    private protected Phrases Phrases { get; private set; } = default!;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends an open question.</summary>
    protected virtual void Dispose(bool isDisposing)
    {
        _asking?.Cancel();
        _asking?.Dispose();
        _asking = null;
    }

    /// <summary>The question shown first, from the events there are, most frequent product events first.</summary>
    protected abstract TQuery DefaultQuery(IReadOnlyList<string> events);

    /// <summary>Asks.</summary>
    protected abstract Task<Outcome<Answer<TResult>>> AskAsync(TQuery query, CancellationToken cancellationToken);

    /// <summary>Makes chart and table of a new answer.</summary>
    protected abstract void Show(TQuery query, Answer<TResult> answer);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (QueryText == _askedText && Query is not null)
        {
            return;
        }

        _askedText = QueryText;
        Phrases = await Vocabulary.PhrasesAsync(Project.Id);
        if (QueryAddress.Read<TQuery>(QueryText) is { } query)
        {
            Query = query;
        }
        else
        {
            var events = await Vocabulary.EventsAsync(Project.Id);
            HasNoEvents = events.Count == 0;
            if (HasNoEvents)
            {
                return;
            }

            Query = DefaultQuery([.. events.OrderBy(one => Pickers.EventTitle.GroupOf(one.Name)).ThenByDescending(one => one.RowCount).Select(one => one.Name)]);
        }

        await AskAgainAsync();
    }

    /// <summary>Changes the question.</summary>
    protected void Change(TQuery query)
    {
        Query = query;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("q", QueryAddress.Write(query)));
    }

    /// <summary>Ends the open question; the old answer stays.</summary>
    protected void Cancel()
    {
        _asking?.Cancel();
        IsAsking = false;
    }

    /// <summary>Asks the present question again.</summary>
    protected async Task AskAgainAsync()
    {
        var query = Query!;
        _asking?.Cancel();
        _asking?.Dispose();
        _asking = new CancellationTokenSource();
        var cancellationToken = _asking.Token;
        IsAsking = true;
        Failure = null;
        try
        {
            var outcome = await AskAsync(query, cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            Problems = outcome.Problems;
            if (outcome.IsAccepted)
            {
                (Answer, AnsweredQuery) = (outcome.Value, query);
                Show(query, outcome.Value);
            }

            IsAsking = false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A newer question took its place, or the person cancelled.
        }
#pragma warning disable CA1031 // Whatever failed is shown on the page with an id that is in the log; the page itself lives on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            (Failure, IsAsking) = (failure, false);
        }
    }

    /// <summary>Opens the menu of a point.</summary>
    protected Task SelectAsync((PointSelection Selection, double X, double Y) chosen) =>
        PointMenu?.OpenAsync(chosen.Selection, chosen.X, chosen.Y) ?? Task.CompletedTask;

    /// <summary>A question with the names that people read: for words and titles, never to be asked.</summary>
    protected TQuery Called(TQuery query)
    {
        if (!ReferenceEquals(query, _called.Of) || !ReferenceEquals(Names, _called.Names))
        {
            _called = (query, Names, Names.In(query));
        }

        return _called.Query!;
    }

    private string CohortName(string number) => Phrases.Of(new CohortId(int.Parse(number, CultureInfo.InvariantCulture)));

    /// <summary>How a segment is called on the page.</summary>
    protected string TitleOf(Segment segment) => segment.Kind switch
    {
        SegmentKind.Overall => Text["Overall"],
        SegmentKind.NotSet => Text["(not set)"],
        SegmentKind.Other => Text["All others"],
        SegmentKind.Combination => string.Join(" / ", segment.Parts.Select(part => TitleOf(new Segment(part.Kind, part.Value)))),
        SegmentKind.InCohort => Text["in cohort {0}", CohortName(segment.Value!)],
        SegmentKind.NotInCohort => Text["not in cohort {0}", CohortName(segment.Value!)],
        _ => segment.Label,
    };

    /// <summary>What the segments are of: the breakdowns, in their order.</summary>
    protected string TitleOf(IReadOnlyList<Breakdown> breakdowns) => string.Join(" / ", breakdowns.Select(breakdown => breakdown.IsByCohort ? Text["Cohort"].Value : Names.Property(breakdown.Source, breakdown.Property)));

    /// <summary>The elapsed time of the newest answer.</summary>
    protected Duration Elapsed => Answer?.Elapsed ?? Duration.Zero;
}
