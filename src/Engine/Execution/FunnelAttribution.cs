using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>
/// Which segments an attempt belongs to, and whether it passes the filter. Threads share it; segments are numbered as they
/// are met, each combination of values once.
/// </summary>
internal sealed class FunnelAttribution
{
    private readonly StepBreakdown[] _breakdowns;
    private readonly AttemptFilter? _filter;
    private readonly Dictionary<Segment, int> _numbers = [];
    private readonly List<Segment> _segments = [];
    private readonly Lock _numbering = new();

    public FunnelAttribution(FunnelPlan plan)
    {
        _breakdowns = [.. plan.Query.Breakdowns.Select(breakdown => new StepBreakdown(plan, breakdown))];
        _filter = plan.Query.Filter is { } filter ? AttemptFilter.Of(plan, filter) : null;
    }

    public bool HasSegments => _breakdowns.Length > 0;

    /// <summary>The segments met so far, by number.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    public bool LetsThrough(FunnelEvents events, ReadOnlySpan<int> path) => _filter?.Holds(events, path) ?? true;

    /// <summary>A finder for one thread.</summary>
    public Finder NewFinder() => new(this);

    private int[] NumbersOf(ReadOnlySpan<int> values)
    {
        var numbers = new List<int>();
        lock (_numbering)
        {
            foreach (var segment in Combinations(values.ToArray(), 0, []))
            {
                if (!_numbers.TryGetValue(segment, out var number))
                {
                    _numbers.Add(segment, number = _segments.Count);
                    _segments.Add(segment);
                }

                numbers.Add(number);
            }
        }

        return [.. numbers.Distinct()];
    }

    private IEnumerable<Segment> Combinations(int[] values, int breakdown, ImmutableArray<SegmentPart> before) =>
        breakdown == values.Length
            ? [Segment.Of(before)]
            : _breakdowns[breakdown].Parts[values[breakdown]].SelectMany(part => Combinations(values, breakdown + 1, before.Add(part)));

    /// <summary>Finds the segments of attempts; remembers every combination of values. Belongs to one thread.</summary>
    internal sealed class Finder(FunnelAttribution attribution)
    {
        private readonly Dictionary<(int, int, int, int), int[]> _known = [];
        private readonly int[] _values = new int[attribution._breakdowns.Length];

        /// <summary>The numbers of the segments of an attempt; none twice.</summary>
        public int[] SegmentsOf(FunnelEvents events, ReadOnlySpan<int> path)
        {
            Span<int> key = [0, 0, 0, 0];
            for (var breakdown = 0; breakdown < _values.Length; breakdown++)
            {
                key[breakdown] = _values[breakdown] = attribution._breakdowns[breakdown].Of(events, path);
            }

            if (!_known.TryGetValue((key[0], key[1], key[2], key[3]), out var numbers))
            {
                _known.Add((key[0], key[1], key[2], key[3]), numbers = attribution.NumbersOf(_values));
            }

            return numbers;
        }
    }
}
