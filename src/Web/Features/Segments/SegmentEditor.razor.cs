using Microsoft.AspNetCore.Components;
using Rondo.Engagement.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;

namespace Rondo.Web.Features.Segments;

/// <summary>Makes or changes a segment, with its reach per channel beside it.</summary>
public sealed partial class SegmentEditor
{
    private AudienceSegment? _segment;
    private string _name = string.Empty;
    private string _description = string.Empty;
    private Predicate? _where;
    private Reach? _reach;
    private int _counting;
    private bool _isMissing;
    private bool _isSaving;
    private bool _isSaved;
    private IReadOnlyList<Problem> _problems = [];

    [Parameter]
    public int? SegmentNumber { get; set; }

    [Inject]
    private ISegments Segments { get; set; } = default!;

    private bool CanSave => !_isSaving && !string.IsNullOrWhiteSpace(_name);

    private Predicate Where => _where ?? new AllPredicate([]);

    protected override async Task OnInitializedAsync()
    {
        if (SegmentNumber is { } number)
        {
            _segment = await Segments.FindAsync(Project.Id, number, CancellationToken.None);
            _isMissing = _segment is null;
            if (_segment is not null)
            {
                (_name, _description) = (_segment.Name, _segment.Description);
                _where = _segment.Where is AllPredicate { Of.Length: 0 } ? null : _segment.Where;
            }
        }

        await CountAsync();
    }

    private Task ChangeAsync(Predicate? where)
    {
        _where = where;
        _isSaved = false;
        return CountAsync();
    }

    private async Task CountAsync()
    {
        var counting = ++_counting;
        var reach = await Segments.ReachAsync(Project.Id, Where, CancellationToken.None);
        if (counting == _counting)
        {
            (_reach, _problems) = (reach.Value, reach.Problems);
        }
    }

    private async Task SaveAsync()
    {
        _isSaving = true;
        var outcome = _segment is { } segment
            ? await Segments.ChangeAsync(Project.Id, segment.Id, _name.Trim(), _description.Trim(), Where, CancellationToken.None)
            : await Segments.CreateAsync(Project.Id, _name.Trim(), _description.Trim(), Where, CancellationToken.None);
        _isSaving = false;
        _problems = outcome.Problems;
        if (outcome.IsAccepted)
        {
            _isSaved = true;
            _segment = outcome.Value;
            Visit.ContinueAt(PathOf($"segments/{outcome.Value.Id}"));
        }
    }

    private async Task ArchiveAsync()
    {
        var outcome = await Segments.ArchiveAsync(Project.Id, _segment!.Id, !_segment.IsArchived, CancellationToken.None);
        (_segment, _problems) = (outcome.Value ?? _segment, outcome.Problems);
    }
}
