using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Rondo.Engine.Execution;
using Rondo.Model.Queries;

namespace Rondo.Engine.Planning;

/// <summary>
/// Says which segments an event of a track belongs to. Every event lies in one cell; a cell belongs to one segment, or to
/// several where a value is a list or the breakdown is by cohorts. Whoever counts per cell and adds cells up counts no event
/// twice. Read-only after it was made, so threads share it.
/// </summary>
internal sealed class SegmentReader
{
    private readonly BreakdownColumn[] _columns;

    /// <summary>Per further breakdown: the cell so far and the code of that breakdown give the next cell.</summary>
    private readonly Dictionary<long, int>[] _joins;
    private readonly List<Segment> _segments = [];
    private readonly int[][] _segmentsOfCell;

    /// <param name="question">Store, calendar and cohorts.</param>
    /// <param name="track">Whose events are asked for.</param>
    /// <param name="breakdowns">At least one.</param>
    public SegmentReader(Question question, Track track, ImmutableArray<Breakdown> breakdowns)
    {
        _columns = [.. breakdowns.Select(breakdown => new BreakdownColumn(question, track, breakdown))];
        _joins = [.. _columns.Skip(1).Select(_ => new Dictionary<long, int>())];
        var codesOfCell = _joins.Length == 0 ? [.. Enumerable.Range(0, _columns[0].Parts.Count).Select(code => new[] { code })] : Join(question.View, track);
        var numbers = new Dictionary<Segment, int>();
        _segmentsOfCell = [.. codesOfCell.Select(codes => Combinations(codes, 0, []).Select(Number).ToArray())];

        int Number(Segment segment)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, segment, out var exists);
            if (!exists)
            {
                number = _segments.Count;
                _segments.Add(segment);
            }

            return number;
        }
    }

    /// <summary>The segments by number.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    public int CellCount => _segmentsOfCell.Length;

    /// <summary>The numbers of the segments of a cell; none twice.</summary>
    public ReadOnlySpan<int> SegmentsOf(int cell) => _segmentsOfCell[cell];

    /// <summary>The cell of an event.</summary>
    public int Of(int run, int row, int person)
    {
        var cell = _columns[0].Of(run, row, person);
        for (var join = 0; join < _joins.Length; join++)
        {
            cell = _joins[join][KeyOf(cell, _columns[join + 1].Of(run, row, person))];
        }

        return cell;
    }

    /// <summary>The cell of all events of a person, where every breakdown is of the person.</summary>
    public int OfPerson(int person) => Of(0, 0, person);

    /// <summary>The cells of some persons of a block, where every breakdown is of the person.</summary>
    /// <param name="firstPerson">The first person of the block.</param>
    /// <param name="places">Whose cells, counted from the first person.</param>
    /// <param name="into">Become the cells, at the same places.</param>
    public void OfPersons(int firstPerson, ReadOnlySpan<int> places, Span<int> into)
    {
        if (_joins.Length == 0)
        {
            _columns[0].OfPersons(firstPerson, places, into);
            return;
        }

        foreach (var place in places)
        {
            into[place] = OfPerson(firstPerson + place);
        }
    }

    private static long KeyOf(int cell, int code) => ((long)cell << 32) | (uint)code;

    /// <summary>Finds the cells that occur: one pass over the rows of the track.</summary>
    private List<int[]> Join(StoreView view, Track track)
    {
        var cells = new List<int[]>();
        var canonical = view.Ids.Canonical;
        for (var run = 0; run < track.Runs.Length; run++)
        {
            var (rows, mask) = (track.Runs[run].Run, track.Runs[run].Mask);
            var persons = rows.Persons;
            for (var index = 0; index < persons.Length; index++)
            {
                var person = canonical[persons[index]];
                var (start, end) = rows.RowsAt(index);
                for (var row = start; row < end; row++)
                {
                    if (mask is null || mask[row])
                    {
                        Meet(cells, run, row, person);
                    }
                }
            }
        }

        return cells;
    }

    private void Meet(List<int[]> cells, int run, int row, int person)
    {
        var cell = _columns[0].Of(run, row, person);
        for (var join = 0; join < _joins.Length; join++)
        {
            ref var next = ref CollectionsMarshal.GetValueRefOrAddDefault(_joins[join], KeyOf(cell, _columns[join + 1].Of(run, row, person)), out var exists);
            if (!exists)
            {
                next = join == _joins.Length - 1 ? cells.Count : _joins[join].Count - 1;
                if (join == _joins.Length - 1)
                {
                    cells.Add([.. _columns.Select(column => column.Of(run, row, person))]);
                }
            }

            cell = next;
        }
    }

    private IEnumerable<Segment> Combinations(int[] codes, int column, ImmutableArray<SegmentPart> before)
    {
        if (column == codes.Length)
        {
            return [Segment.Of(before)];
        }

        return _columns[column].Parts[codes[column]].SelectMany(part => Combinations(codes, column + 1, before.Add(part)));
    }
}
