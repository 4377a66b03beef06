using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Counts who comes back, per row of births and bucket after it.</summary>
/// <remarks>With a breakdown a first pass ranks the segments and a second counts.</remarks>
internal sealed class RetentionOperator
{
    private readonly Question _question;
    private readonly RetentionQuery _query;
    private readonly Track _births;
    private readonly Track _returns;
    private readonly SegmentReader? _segments;
    private readonly PropertyReader? _values;
    private readonly RetentionCalendar _calendar;
    private readonly bool _isBrokenByReturn;

    public RetentionOperator(Question question, RetentionQuery query)
    {
        _question = question;
        _query = query;
        _births = Track.Of(question.View, question.Filter, query.Birth, query.Filter);
        _returns = Track.Of(question.View, question.Filter, query.Return, query.Filter);
        _isBrokenByReturn = query.BreakdownOn == RetentionEvent.Return && !query.Breakdowns.IsEmpty;
        _segments = query.Breakdowns.IsEmpty ? null : new SegmentReader(question, _isBrokenByReturn ? _returns : _births, query.Breakdowns);
        _values = query.SumProperty is { } property ? new PropertyReader(question.Filter.Values, _returns, query.SumSource, property) : null;
        _calendar = new RetentionCalendar(query, question.Context);
    }

    public RetentionResult Execute() =>
        StraightRetention.For(_question, _query, _births, _returns, _segments, _calendar) is { } straight ? ShowCells(straight.Count()) : ShowSegments();

    public PersonSet PeopleAt(RetentionPoint point)
    {
        var slots = point.Segment == Segment.Overall ? null : Slots();
        var slot = slots is null ? 0 : slots.Find(point.Segment) is var found and >= 0 ? found + 1 : -1;
        var onlyRow = point.Row is { } start ? _calendar.RowOf(start) : -1;
        if (point.Row is not null && onlyRow < 0)
        {
            return PersonSet.Empty;
        }

        // A segment of returns that nobody returned in is one in which everyone born was not retained.
        var states = Scan(
            slots,
            () => (Retained: new PersonSet.Builder(), Born: new PersonSet.Builder()),
            (sets, row, its, kernel, person) =>
            {
                if (point.Row is null ? _calendar.CompleteBuckets(row) <= point.Bucket : row != onlyRow)
                {
                    return;
                }

                if (its == slot || (its == 0 && _isBrokenByReturn))
                {
                    sets.Born.Add(new PersonNumber(person));
                }

                if (its == slot && kernel.Retained(_isBrokenByReturn ? slot : 0)[point.Bucket])
                {
                    sets.Retained.Add(new PersonNumber(person));
                }
            });
        var born = InsightsOperator.Union([.. states.Select(state => state.Born)]);
        var retained = InsightsOperator.Union([.. states.Select(state => state.Retained)]);
        return point.Outcome switch
        {
            RetentionOutcome.Born => born,
            RetentionOutcome.Retained => retained,
            _ => born.Except(retained),
        };
    }

    private RetentionTally NewTally() => new(_calendar.RowCount, _calendar.BucketCount, _values is not null);

    private RetentionResult ShowSegments()
    {
        var slots = Slots();
        var slotCount = slots?.Shown.Length ?? 0;
        var states = Scan(
            slots,
            () => Enumerable.Range(0, slotCount + 1).Select(_ => NewTally()).ToArray(),
            (tallies, row, slot, kernel, _) =>
            {
                var read = _isBrokenByReturn ? slot : 0;
                tallies[slot].AddBirth(row);
                tallies[slot].AddReturns(row, kernel.Retained(read), kernel.Sums(read));
            });
        var total = states[0];
        foreach (var state in states.Skip(1))
        {
            for (var slot = 0; slot <= slotCount; slot++)
            {
                total[slot].Combine(state[slot]);
            }
        }

        return new RetentionResult(
            [.. total.Select((tally, slot) => tally.Show(slot == 0 ? Segment.Overall : slots!.Shown[slot - 1], _calendar, _isBrokenByReturn ? total[0] : tally))],
            slots?.FoldedCount ?? 0);
    }

    /// <summary>A plain report is counted once per cell of its breakdown; a segment is all of its cells.</summary>
    private RetentionResult ShowCells(RetentionCounts counts)
    {
        RetentionTally Sum(Func<int, bool> isMeant)
        {
            var tally = NewTally();
            for (var cell = 0; cell < counts.Cells.Count; cell++)
            {
                if (counts.Cells[cell] is { } counted && isMeant(cell))
                {
                    tally.Add(counted);
                }
            }

            return tally;
        }

        var overall = Sum(_ => true);
        if (_segments is null)
        {
            return new RetentionResult([overall.Show(Segment.Overall, _calendar, overall)], 0);
        }

        var slots = SegmentSlots.OfCells(_segments, counts.Cells.Select((counted, cell) => KeyValuePair.Create(cell, counted is null ? 0 : counts.BirthsOf(cell))).Where(cell => cell.Value > 0), _query.Limit);
        var tallies = slots.Shown.Select((_, slot) => Sum(cell => slots.Holds(cell, slot)));
        return new RetentionResult(
            [overall.Show(Segment.Overall, _calendar, overall), .. tallies.Select((tally, slot) => tally.Show(slots.Shown[slot], _calendar, tally))],
            slots.FoldedCount);
    }

    /// <summary>Ranks the segments: by births, or by the persons and rows that returned; null without a breakdown.</summary>
    private SegmentSlots? Slots()
    {
        if (_segments is null)
        {
            return null;
        }

        var states = Scan(
            null,
            () => new long[_segments.Segments.Count],
            (weights, _, slot, kernel, _) =>
            {
                if (slot > 0 && (!_isBrokenByReturn || kernel.Retained(slot).Contains(true)))
                {
                    weights[slot - 1]++;
                }
            });
        return SegmentSlots.Of(_segments, [.. Enumerable.Range(0, _segments.Segments.Count).Select(segment => (double)states.Sum(weights => weights[segment]))], _query.Limit);
    }

    /// <summary>
    /// Calls <paramref name="visit"/> for every person and row the person was born in, once for all together (slot 0) and
    /// once per slot of a segment: state, row, slot, kernel, person.
    /// </summary>
    /// <param name="slots">Which slots each segment has; null when every segment is its own.</param>
    /// <param name="makeState">Makes a thread's state.</param>
    /// <param name="visit">Looks at one row of one person.</param>
    private IReadOnlyList<TState> Scan<TState>(SegmentSlots? slots, Func<TState> makeState, Action<TState, int, int, RetentionKernel, int> visit)
    {
        var slotCount = slots?.Shown.Length ?? _segments?.Segments.Count ?? 0;
        var reading = new EventReading(_values, _isBrokenByReturn ? _segments : null, slots, slotCount);
        var births = new EventReading(null, _isBrokenByReturn ? null : _segments, slots, slotCount);
        var scans = PersonScan.Run(
            _births,
            _question.View,
            _question.Threads,
            firstPerson => (State: makeState(), Kernel: new RetentionKernel(_query, _calendar, new TrackCursor(_returns, _question.View.Ids, firstPerson), reading)),
            (scan, cursor, person) =>
            {
                if (person == IdDirectory.Nobody)
                {
                    return;
                }

                var kernel = scan.Kernel;
                for (var hasRow = kernel.MoveTo(cursor, person); hasRow; hasRow = kernel.NextRow())
                {
                    foreach (var slot in kernel.Slots)
                    {
                        visit(scan.State, kernel.Row, slot, kernel, person);
                    }

                    if (births.Segments is not null)
                    {
                        foreach (var slot in births.SlotsOf(cursor, kernel.BirthIndex, person))
                        {
                            visit(scan.State, kernel.Row, slot + 1, kernel, person);
                        }
                    }
                }
            },
            _question.CancellationToken);
        return [.. scans.Select(scan => scan.State)];
    }
}
