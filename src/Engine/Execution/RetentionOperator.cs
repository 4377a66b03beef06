using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Engine.Execution.Straight;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>Counts who comes back, per row of births and bucket after it.</summary>
/// <remarks>O(births + rows with a birth · returns) per person.</remarks>
internal sealed class RetentionOperator
{
    private readonly Question _question;
    private readonly RetentionQuery _query;
    private readonly Track _births;
    private readonly Track _returns;
    private readonly SegmentReader? _reader;
    private readonly RetentionCalendar _calendar;

    public RetentionOperator(Question question, RetentionQuery query)
    {
        _question = question;
        _query = query;
        _births = Track.Of(question.View, question.Filter, query.Birth, query.Filter);
        _returns = Track.Of(question.View, question.Filter, query.Return, query.Filter);
        _reader = query.Breakdowns.IsEmpty ? null : new SegmentReader(question.View, question.Context, _births, query.Breakdowns);
        _calendar = new RetentionCalendar(query, question.Context);
    }

    public RetentionResult Execute()
    {
        var (overall, byCell) = Count();
        var segments = ImmutableArray.CreateBuilder<RetentionSegment>();
        segments.Add(Show(Segment.Overall, overall));
        var slots = Slots(byCell);
        for (var slot = 0; slot < (slots?.Shown.Length ?? 0); slot++)
        {
            var tally = NewTally();
            foreach (var (cell, counted) in byCell)
            {
                if (slots!.Holds(cell, slot))
                {
                    tally.Combine(counted);
                }
            }

            segments.Add(Show(slots!.Shown[slot], tally));
        }

        return new RetentionResult(segments.ToImmutable(), slots?.FoldedCount ?? 0);
    }

    public PersonSet PeopleAt(RetentionPoint point)
    {
        var slots = point.Segment == Segment.Overall ? null : Slots(Count().ByCell);
        var slot = slots?.Find(point.Segment) ?? -1;
        var onlyRow = point.Row is { } start ? _calendar.RowOf(start) : -1;
        if ((point.Segment != Segment.Overall && slot < 0) || (point.Row is not null && onlyRow < 0))
        {
            return PersonSet.Empty;
        }

        var states = Scan(
            () => (Retained: new PersonSet.Builder(), Born: new PersonSet.Builder()),
            (sets, row, cell, isRetained, person) =>
            {
                var isRowMeant = point.Row is null ? _calendar.CompleteBuckets(row) > point.Bucket : row == onlyRow;
                if (!isRowMeant || (slots is not null && !slots.Holds(cell, slot)))
                {
                    return;
                }

                sets.Born.Add(new PersonNumber(person));
                if (isRetained(point.Bucket))
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

    private RetentionTally NewTally() => new(_calendar.RowCount, _query.Buckets);

    private RetentionSegment Show(Segment segment, RetentionTally tally)
    {
        var rows = ImmutableArray.CreateBuilder<RetentionRow>(_calendar.RowCount);
        for (var row = 0; row < _calendar.RowCount; row++)
        {
            rows.Add(new RetentionRow(_calendar.StartOf(row), tally.Size(row), tally.Retained(row), _calendar.CompleteBuckets(row)));
        }

        return new RetentionSegment(segment, rows.MoveToImmutable(), tally.Average(_calendar));
    }

    private SegmentSlots? Slots(Dictionary<int, RetentionTally> byCell) =>
        _reader is null ? null : SegmentSlots.OfCells(_reader, byCell.Select(cell => KeyValuePair.Create(cell.Key, cell.Value.TotalSize)), _query.Limit);

    private (RetentionTally Overall, Dictionary<int, RetentionTally> ByCell) Count()
    {
        if (StraightRetention.For(_question, _query, _births, _returns, _reader, _calendar) is { } straight)
        {
            return Tallied(straight.Count());
        }

        var states = Scan(
            () => new Dictionary<int, RetentionTally>(),
            (tallies, row, cell, isRetained, _) =>
            {
                if (!tallies.TryGetValue(cell, out var tally))
                {
                    tallies.Add(cell, tally = NewTally());
                }

                tally.Add(row, isRetained);
            });
        var overall = NewTally();
        var byCell = new Dictionary<int, RetentionTally>();
        foreach (var (cell, tally) in states.SelectMany(state => state))
        {
            overall.Combine(tally);
            if (!byCell.TryGetValue(cell, out var combined))
            {
                byCell.Add(cell, combined = NewTally());
            }

            combined.Combine(tally);
        }

        return (overall, byCell);
    }

    private (RetentionTally Overall, Dictionary<int, RetentionTally> ByCell) Tallied(RetentionCounts counts)
    {
        var overall = NewTally();
        var byCell = new Dictionary<int, RetentionTally>();
        for (var cell = 0; cell < counts.Cells.Count; cell++)
        {
            if (counts.Cells[cell] is var (sizes, retained))
            {
                var tally = NewTally();
                tally.Add(sizes, retained);
                overall.Combine(tally);
                byCell.Add(cell, tally);
            }
        }

        return (overall, byCell);
    }

    /// <summary>Calls <paramref name="visit"/> for every person and row the person was born in: state, row, cell, retained per bucket, person.</summary>
    private IReadOnlyList<TState> Scan<TState>(Func<TState> makeState, Action<TState, int, int, Func<int, bool>, int> visit)
    {
        var scans = PersonScan.Run(
            _births,
            _question.View,
            _question.Threads,
            firstPerson => (State: makeState(), Kernel: new RetentionKernel(_query, _calendar, new TrackCursor(_returns, _question.View.Ids, firstPerson))),
            (scan, cursor, person) =>
            {
                if (person == IdDirectory.Nobody)
                {
                    return;
                }

                var kernel = scan.Kernel;
                for (var hasRow = kernel.MoveTo(cursor, person); hasRow; hasRow = kernel.NextRow())
                {
                    var cell = _reader?.Of(cursor.RunOf(kernel.BirthIndex), cursor.RowOf(kernel.BirthIndex), person) ?? 0;
                    visit(scan.State, kernel.Row, cell, kernel.IsRetained, person);
                }
            },
            _question.CancellationToken);
        return [.. scans.Select(scan => scan.State)];
    }
}
