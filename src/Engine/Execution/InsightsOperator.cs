using System.Collections.Immutable;
using Rondo.Engine.Execution.Insights;
using Rondo.Engine.Planning;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>Answers an Insights report metric by metric; with a breakdown a first pass ranks the segments and a second counts.</summary>
internal sealed class InsightsOperator
{
    private readonly Question _question;
    private readonly InsightsQuery _query;
    private readonly TimeWindow _window;
    private readonly Dictionary<int, EventMetric> _events = [];
    private readonly Dictionary<int, SegmentSlots?> _slots = [];
    private readonly Dictionary<(int Metric, TimeWindow Window, int Lead, int Owner), Line[]> _lines = [];

    public InsightsOperator(Question question, InsightsQuery query)
    {
        _question = question;
        _query = query;
        _window = query.Range.Resolve(question.Context.Calendar, question.Context.Now);
    }

    public InsightsResult Execute()
    {
        var axis = AxisOf(_window, 0);
        var past = _query.Past?.Of(_window, _question.Context.Calendar);
        return new InsightsResult
        {
            Buckets = [.. axis.Shown],
            FirstIncompleteBucket = axis.Edges.Skip(1).Count(end => end <= _question.Context.Now),
            Series = SeriesOf(_window),
            FoldedSegments = [.. Enumerable.Range(0, _query.Metrics.Length).Select(metric => OwnerOf(metric) is var owner and >= 0 ? SlotsOf(owner)?.FoldedCount ?? 0 : 0)],
            PastBuckets = past is { } window ? [.. AxisOf(window, 0).Shown] : [],
            Past = past is { } earlier ? SeriesOf(earlier) : [],
        };
    }

    public PersonSet PeopleAt(InsightsPoint point)
    {
        var axis = AxisOf(_window, 0);
        int? bucket = point.Bucket is { } start ? Array.IndexOf(axis.Edges, start, 0, axis.BucketCount) : null;
        var metric = _query.Metrics[point.Metric];
        if (bucket < 0 || metric.IsFormula)
        {
            return PersonSet.Empty;
        }

        if (metric.Event is null)
        {
            return point.Segment != Segment.Overall ? PersonSet.Empty
                : metric.People is { } people ? new PeopleOperator(_question).Where(people)
                : CohortOverTime.MembersIn(_question, metric.Cohort!.Value, axis, bucket);
        }

        if (point.Segment == Segment.Overall)
        {
            return Union(EventsOf(point.Metric).PeopleIn(axis, bucket, null, null));
        }

        // Which segments are shown depends on everyone, and only for "other" on that; people active before the range have segments, too.
        var slots = point.Segment.Kind == SegmentKind.Other ? SlotsOf(point.Metric) : EventsOf(point.Metric).Adopt([point.Segment]);
        var slot = slots?.Find(point.Segment) ?? -1;
        return slot < 0 ? PersonSet.Empty : Union(EventsOf(point.Metric).PeopleIn(axis, bucket, slots, slot));
    }

    internal static PersonSet Union(IReadOnlyList<PersonSet.Builder> builders)
    {
        var union = new PersonSet.Builder();
        foreach (var builder in builders)
        {
            union.AddAll(builder);
        }

        return union.Build();
    }

    private TimeAxis AxisOf(TimeWindow window, int lead) => new(_question.Context.Calendar, window, _query.Unit, lead);

    private EventMetric EventsOf(int metric)
    {
        if (!_events.TryGetValue(metric, out var planned))
        {
            _events.Add(metric, planned = new EventMetric(_question, _query, _query.Metrics[metric]));
        }

        return planned;
    }

    private SegmentSlots? SlotsOf(int metric)
    {
        if (!_slots.TryGetValue(metric, out var slots))
        {
            _slots.Add(metric, slots = EventsOf(metric).Rank(AxisOf(_window, 0), _query.Limit));
        }

        return slots;
    }

    /// <summary>The metric whose segments a metric shows: itself, or for a formula the first in it; −1 for none.</summary>
    private int OwnerOf(int metric)
    {
        var definition = _query.Metrics[metric];
        if (!definition.IsFormula)
        {
            return definition.Event is null ? -1 : metric;
        }

        return FormulaOf(definition).Metrics.Where(named => _query.Metrics[named].Event is not null).DefaultIfEmpty(-1).First();
    }

    private ImmutableArray<Segment> ShownBy(int owner) => owner < 0 ? [] : SlotsOf(owner)?.Shown ?? [];

    private ImmutableArray<InsightsSeries> SeriesOf(TimeWindow window)
    {
        var series = ImmutableArray.CreateBuilder<InsightsSeries>();
        for (var metric = 0; metric < _query.Metrics.Length; metric++)
        {
            var owner = OwnerOf(metric);
            var lines = LinesOf(metric, window, 0, owner);
            series.AddRange(ShownBy(owner).Insert(0, Segment.Overall).Zip(lines).Select(pair => new InsightsSeries(metric, pair.First, [.. pair.Second.Values], pair.Second.Total)));
        }

        return series.ToImmutable();
    }

    /// <summary>The overall first, then the segments that <paramref name="owner"/> shows; <paramref name="lead"/> buckets before the window come first.</summary>
    private Line[] LinesOf(int metric, TimeWindow window, int lead, int owner)
    {
        if (_lines.TryGetValue((metric, window, lead, owner), out var lines))
        {
            return lines;
        }

        var definition = _query.Metrics[metric];
        var before = lead + (definition.Rolling ?? 1) - 1;
        lines = definition switch
        {
            { IsFormula: true } => OfFormula(FormulaOf(definition), window, before, owner),
            { Event: not null } => OfEvents(metric, window, before, owner),
            { People: { } people } => OfFixed(PeopleFigure.Of(_question, definition, people), AxisOf(window, before), owner),
            _ => OfCohort(definition, AxisOf(window, before), before, owner),
        };
        lines = [.. lines.Select(line => line.Analysed(definition, lead))];
        _lines.Add((metric, window, lead, owner), lines);
        return lines;
    }

    private Line[] OfEvents(int metric, TimeWindow window, int lead, int owner)
    {
        var axis = AxisOf(window, lead);
        var events = EventsOf(metric);
        var slots = metric == owner ? SlotsOf(metric) : owner < 0 ? null : events.Adopt(ShownBy(owner));
        return [.. events.Count(axis, slots).Select(tally => new Line([.. Enumerable.Range(0, axis.BucketCount).Select(tally.ValueOf)], tally.Total))];
    }

    private Line[] OfFormula(Formula formula, TimeWindow window, int lead, int owner)
    {
        var named = formula.Metrics.ToDictionary(metric => metric, metric => LinesOf(metric, window, lead, owner));
        return [.. Enumerable.Range(0, 1 + ShownBy(owner).Length).Select(line => new Line(
            [.. Enumerable.Range(0, named.First().Value[line].Values.Length).Select(bucket => formula.Evaluate(metric => named[metric][line].Values[bucket]))],
            formula.Evaluate(metric => named[metric][line].Total)))];
    }

    /// <summary>Figures that know no segments stand in each of them. Sizes before the range, read for a rolling mean, are no total of it.</summary>
    private Line[] OfCohort(Metric metric, TimeAxis axis, int lead, int owner)
    {
        var sizes = CohortOverTime.SizesOf(_question, metric.Cohort!.Value, axis);
        return [.. Enumerable.Repeat(new Line(sizes, sizes.Skip(lead).LastOrDefault(size => size is not null)), 1 + ShownBy(owner).Length)];
    }

    private Line[] OfFixed(double? figure, TimeAxis axis, int owner) =>
        [.. Enumerable.Repeat(new Line([.. Enumerable.Repeat(figure, axis.BucketCount)], figure), 1 + ShownBy(owner).Length)];

    private static Formula FormulaOf(Metric metric) => Formula.Parse(metric.Formula!).Value!;

    /// <summary>Values of one series, buckets before the range included, and its total.</summary>
    private sealed record Line(double?[] Values, double? Total)
    {
        /// <summary>With the running sum or mean that the metric asks for; keeps <paramref name="lead"/> buckets before the range.</summary>
        public Line Analysed(Metric metric, int lead)
        {
            if (metric.Rolling is { } width)
            {
                return this with { Values = [.. Enumerable.Range(width - 1, Values.Length - width + 1).Select(end => Values.AsSpan(end - width + 1, width).ToArray().Average())] };
            }

            if (!metric.Cumulative && metric.Measure != Measure.CumulativeUniques)
            {
                return this;
            }

            // What runs from the start of the range on says nothing before it.
            var values = (double?[])Values.Clone();
            Array.Clear(values, 0, lead);
            for (var bucket = lead + 1; metric.Cumulative && bucket < values.Length; bucket++)
            {
                values[bucket] = (values[bucket - 1] ?? 0) + (values[bucket] ?? 0);
            }

            return this with { Values = values };
        }
    }
}
