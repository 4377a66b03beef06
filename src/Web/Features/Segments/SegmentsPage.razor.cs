using Microsoft.AspNetCore.Components;
using Rondo.Engagement.Contracts;
using Rondo.Web.Components;
using Rondo.Web.Components.Reports;

namespace Rondo.Web.Features.Segments;

/// <summary>All segments with their reach, which is counted while the list is already shown.</summary>
public sealed partial class SegmentsPage : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<int, Reach> _reach = [];
    private IReadOnlyList<AudienceSegment>? _segments;
    private Phrases? _phrases;
    private string _search = string.Empty;
    private bool _showsArchived;

    [Inject]
    private ISegments Segments { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    private IEnumerable<AudienceSegment> Shown => _segments!.Where(segment => (_showsArchived || !segment.IsArchived)
        && (_search.Length == 0 || segment.Name.Contains(_search, StringComparison.CurrentCultureIgnoreCase) || segment.Words.Contains(_search, StringComparison.CurrentCultureIgnoreCase)));

    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _phrases = await Vocabulary.PhrasesAsync(Project.Id);
        _segments = await Segments.ListAsync(Project.Id, includeArchived: true, CancellationToken.None);
        StateHasChanged();
        foreach (var segment in _segments.Where(segment => !segment.IsArchived))
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            var reach = await Segments.ReachAsync(Project.Id, segment.Where, CancellationToken.None);
            if (reach.IsAccepted)
            {
                _reach[segment.Id] = reach.Value;
                StateHasChanged();
            }
        }
    }

    private static int ReachOf(Reach reach, Channel channel) => reach.Channels.FirstOrDefault(one => one.Channel == channel)?.Reachable ?? 0;
}
