using System.Globalization;
using Microsoft.AspNetCore.Components;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Web.Components.Reports;

/// <summary>What every report page looks like: builder at the left, the question in words, answer, table.</summary>
public sealed partial class ReportFrame
{
    private static readonly TimeSpan SlowAfter = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan VerySlowAfter = TimeSpan.FromSeconds(2);

    private bool _wasAsking;
    private bool _isSlow;
    private bool _isVerySlow;
    private int _asked;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Parameter, EditorRequired]
    public RenderFragment Builder { get; set; } = default!;

    [Parameter, EditorRequired]
    public RenderFragment Tools { get; set; } = default!;

    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = default!;

    /// <summary>The question in words.</summary>
    [Parameter]
    public string? Question { get; set; }

    [Parameter]
    public IReadOnlyList<Problem> Problems { get; set; } = [];

    [Parameter]
    public Exception? Failure { get; set; }

    [Parameter]
    public bool HasAnswer { get; set; }

    [Parameter]
    public bool IsAsking { get; set; }

    [Parameter]
    public Instant? ComputedAt { get; set; }

    [Parameter]
    public Duration Elapsed { get; set; }

    [Parameter]
    public EventCallback OnRetry { get; set; }

    [Parameter]
    public EventCallback OnCancel { get; set; }

    private string ElapsedText => Elapsed.TotalSeconds < 1
        ? Elapsed.TotalMilliseconds.ToString("0", CultureInfo.CurrentCulture) + " ms"
        : Elapsed.TotalSeconds.ToString("0.0", CultureInfo.CurrentCulture) + " s";

    protected override void OnParametersSet()
    {
        if (IsAsking && !_wasAsking)
        {
            _ = WatchAsync(++_asked);
        }
        else if (!IsAsking)
        {
            _asked++;
            _isSlow = _isVerySlow = false;
        }

        _wasAsking = IsAsking;
    }

    private string FieldOf(Problem problem) => ProblemWords.FieldOf(problem, L);

    private async Task WatchAsync(int asked)
    {
        await Task.Delay(SlowAfter, Time);
        if (asked != _asked)
        {
            return;
        }

        _isSlow = true;
        StateHasChanged();
        await Task.Delay(VerySlowAfter - SlowAfter, Time);
        if (asked == _asked)
        {
            _isVerySlow = true;
            StateHasChanged();
        }
    }
}
