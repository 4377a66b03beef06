using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Insights;

/// <summary>A measure of the numbers that a property has over the events.</summary>
internal sealed class NumberTally(int bucketCount, Measure measure, double percentile) : Tally
{
    private readonly Figures[] _buckets = [.. Enumerable.Range(0, bucketCount).Select(_ => new Figures(measure, percentile))];
    private readonly Figures _range = new(measure, percentile);

    public override double? Total => _range.Value;

    public override bool IsEmpty => _range.Count == 0;

    /// <summary>How many numbers there are in the range.</summary>
    public long Count => _range.Count;

    public override void Add(in Occurrence occurrence)
    {
        if (double.IsNaN(occurrence.Number))
        {
            return;
        }

        if (occurrence.Bucket >= 0)
        {
            _buckets[occurrence.Bucket].Add(occurrence.Number);
        }

        if (occurrence.IsInRange)
        {
            _range.Add(occurrence.Number);
        }
    }

    public override void Combine(Tally other)
    {
        var counted = (NumberTally)other;
        _range.Combine(counted._range);
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            _buckets[bucket].Combine(counted._buckets[bucket]);
        }
    }

    public override double? ValueOf(int bucket) => _buckets[bucket].Value;
}

/// <summary>How many different values a property has over the events. An event's value is handed over before the event.</summary>
internal sealed class DistinctTally(int bucketCount) : Tally
{
    private readonly HashSet<PropertyValue>?[] _buckets = new HashSet<PropertyValue>?[bucketCount];
    private readonly HashSet<PropertyValue> _range = [];

    public PropertyValue Value { get; set; }

    public override double? Total => _range.Count;

    public override bool IsEmpty => _range.Count == 0;

    public override void Add(in Occurrence occurrence)
    {
        if (Value.Kind != PropertyKind.List)
        {
            Add(occurrence, Value);
            return;
        }

        foreach (var item in Value.Items)
        {
            Add(occurrence, item);
        }
    }

    public override void Combine(Tally other)
    {
        var counted = (DistinctTally)other;
        _range.UnionWith(counted._range);
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            if (counted._buckets[bucket] is { } values)
            {
                (_buckets[bucket] ??= []).UnionWith(values);
            }
        }
    }

    public override double? ValueOf(int bucket) => _buckets[bucket]?.Count ?? 0;

    private void Add(in Occurrence occurrence, PropertyValue value)
    {
        if (!value.IsSet)
        {
            return;
        }

        if (occurrence.Bucket >= 0)
        {
            (_buckets[occurrence.Bucket] ??= []).Add(value);
        }

        if (occurrence.IsInRange)
        {
            _range.Add(value);
        }
    }
}

/// <summary>A measure of a number that is worked out for each person over the events of the bucket or the range.</summary>
internal sealed class PerPersonTally : Tally
{
    private readonly Figures[] _buckets;
    private readonly Figures _range;
    private readonly PersonFigure[] _ofBuckets;
    private readonly PersonFigure _ofRange;
    private readonly List<int> _touched = [];
    private long _personCount;

    public PerPersonTally(int bucketCount, Metric metric)
    {
        var (measure, percentile, inner) = (metric.Measure, metric.Percentile ?? 0, metric.PerPerson!.Value);
        _buckets = [.. Enumerable.Range(0, bucketCount).Select(_ => new Figures(measure, percentile))];
        _range = new Figures(measure, percentile);
        _ofBuckets = [.. Enumerable.Range(0, bucketCount).Select(_ => new PersonFigure(inner))];
        _ofRange = new PersonFigure(inner);
    }

    /// <summary>The value of the next event, for distinct values.</summary>
    public PropertyValue Value { get; set; }

    public override double? Total => _range.Value;

    public override bool IsEmpty => _personCount == 0;

    public override void Add(in Occurrence occurrence)
    {
        if (occurrence.Bucket >= 0)
        {
            if (_touched.Count == 0 || _touched[^1] != occurrence.Bucket)
            {
                _touched.Add(occurrence.Bucket);
            }

            _ofBuckets[occurrence.Bucket].Add(occurrence.Number, Value);
        }

        if (occurrence.IsInRange)
        {
            _ofRange.Add(occurrence.Number, Value);
        }
    }

    public override void EndPerson()
    {
        foreach (var bucket in _touched)
        {
            if (_ofBuckets[bucket].Take() is { } value)
            {
                _buckets[bucket].Add(value);
            }
        }

        _touched.Clear();
        if (_ofRange.Take() is { } total)
        {
            _range.Add(total);
            _personCount++;
        }
    }

    public override void Combine(Tally other)
    {
        var counted = (PerPersonTally)other;
        _personCount += counted._personCount;
        _range.Combine(counted._range);
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            _buckets[bucket].Combine(counted._buckets[bucket]);
        }
    }

    public override double? ValueOf(int bucket) => _buckets[bucket].Value;
}

/// <summary>The number of the person at hand.</summary>
internal sealed class PersonFigure(PerPerson inner)
{
    private readonly HashSet<PropertyValue>? _distinct = inner == PerPerson.DistinctValues ? [] : null;
    private long _events;
    private Figures _figures = NewFigures(inner);

    public void Add(double number, PropertyValue value)
    {
        _events++;
        if (_distinct is not null)
        {
            foreach (var item in value.Kind == PropertyKind.List ? value.Items : [value])
            {
                if (item.IsSet)
                {
                    _distinct.Add(item);
                }
            }
        }
        else if (!double.IsNaN(number))
        {
            _figures.Add(number);
        }
    }

    /// <summary>The number, null where the person has no value, and begins anew.</summary>
    public double? Take()
    {
        double? value = inner switch
        {
            PerPerson.Count => _events == 0 ? null : _events,
            PerPerson.DistinctValues => _distinct!.Count == 0 ? null : _distinct.Count,
            _ => _figures.Count == 0 ? null : _figures.Value,
        };
        _events = 0;
        _distinct?.Clear();
        if (_figures.Count > 0)
        {
            _figures = NewFigures(inner);
        }

        return value;
    }

    private static Figures NewFigures(PerPerson inner) => new(
        inner switch
        {
            PerPerson.Sum => Measure.Sum,
            PerPerson.Minimum => Measure.Minimum,
            PerPerson.Maximum => Measure.Maximum,
            _ => Measure.Average,
        },
        0);
}
