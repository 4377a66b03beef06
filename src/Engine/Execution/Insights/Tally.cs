namespace Rondo.Engine.Execution.Insights;

/// <summary>One event as a tally sees it.</summary>
/// <param name="Bucket">Its bucket; −1 for none.</param>
/// <param name="IsInRange">Whether it counts for the total.</param>
/// <param name="Person">Who did it; 0 for nobody. Persons come in ascending order.</param>
/// <param name="Time">When, milliseconds.</param>
/// <param name="Number">The property's number; NaN for none.</param>
/// <param name="Session">Its session; −1 for none.</param>
internal readonly record struct Occurrence(int Bucket, bool IsInRange, int Person, long Time, double Number, int Session);

/// <summary>What a thread has counted of one segment. Combining is commutative.</summary>
internal abstract class Tally
{
    public abstract void Add(in Occurrence occurrence);

    /// <summary>The person is done with.</summary>
    public virtual void EndPerson()
    {
    }

    public abstract void Combine(Tally other);

    /// <summary>The figure of a bucket; null where there is none.</summary>
    public abstract double? ValueOf(int bucket);

    /// <summary>The figure of the range.</summary>
    public abstract double? Total { get; }

    /// <summary>Whether nothing was counted in the range.</summary>
    public abstract bool IsEmpty { get; }
}

/// <summary>Figures that were counted elsewhere.</summary>
internal sealed class CountedTally(long[] values, long total) : Tally
{
    public override double? Total => total;

    public override bool IsEmpty => total == 0;

    public override void Add(in Occurrence occurrence) => throw new InvalidOperationException("This tally is complete.");

    public override void Combine(Tally other) => throw new InvalidOperationException("This tally is complete.");

    public override double? ValueOf(int bucket) => values[bucket];
}

/// <summary>Events.</summary>
internal sealed class EventTally(int bucketCount) : Tally
{
    private readonly long[] _counts = new long[bucketCount];
    private long _total;

    public override double? Total => _total;

    public override bool IsEmpty => _total == 0;

    public override void Add(in Occurrence occurrence)
    {
        if (occurrence.Bucket >= 0)
        {
            _counts[occurrence.Bucket]++;
        }

        _total += occurrence.IsInRange ? 1 : 0;
    }

    public override void Combine(Tally other)
    {
        var counted = (EventTally)other;
        _total += counted._total;
        Totals.Add(_counts, counted._counts);
    }

    public override double? ValueOf(int bucket) => _counts[bucket];
}

/// <summary>Distinct persons per bucket and of the range; or, cumulatively, from the start of the range to the end of the bucket.</summary>
internal sealed class PersonTally : Tally
{
    private readonly long[] _counts;
    private readonly int[] _lastPerson;
    private readonly bool _isCumulative;
    private int _lastPersonOfRange = -1;
    private long _total;

    public PersonTally(int bucketCount, bool isCumulative)
    {
        _isCumulative = isCumulative;
        _counts = new long[bucketCount];
        _lastPerson = new int[bucketCount];
        Array.Fill(_lastPerson, -1);
    }

    public override double? Total => _total;

    public override bool IsEmpty => _total == 0;

    public override void Add(in Occurrence occurrence)
    {
        var isNew = occurrence.IsInRange && _lastPersonOfRange != occurrence.Person;
        if (isNew)
        {
            _lastPersonOfRange = occurrence.Person;
            _total++;
        }

        if (occurrence.Bucket >= 0 && (_isCumulative ? isNew : _lastPerson[occurrence.Bucket] != occurrence.Person))
        {
            _lastPerson[occurrence.Bucket] = occurrence.Person;
            _counts[occurrence.Bucket]++;
        }
    }

    public override void Combine(Tally other)
    {
        var counted = (PersonTally)other;
        _total += counted._total;
        Totals.Add(_counts, counted._counts);
    }

    public override double? ValueOf(int bucket) => _isCumulative ? _counts.AsSpan(0, bucket + 1).Sum() : _counts[bucket];
}

/// <summary>Distinct persons of the days up to the end of each bucket: windows that overlap and move forward.</summary>
internal sealed class ActiveTally(long[] starts, long[] ends) : Tally
{
    private readonly long[] _counts = new long[starts.Length];
    private int _person = -1;
    private int _counted;

    public override double? Total => _counts[^1];

    public override bool IsEmpty => Array.TrueForAll(_counts, count => count == 0);

    public override void Add(in Occurrence occurrence)
    {
        if (_person != occurrence.Person)
        {
            _person = occurrence.Person;
            _counted = 0;
        }

        // Times ascend and so do the windows: each window is counted once per person, at the first event in it.
        for (var window = Math.Max(_counted, Kernels.TimeBuckets.IndexOf(ends, occurrence.Time) + 1); window < starts.Length && starts[window] <= occurrence.Time; window++)
        {
            _counts[window]++;
            _counted = window + 1;
        }
    }

    public override void Combine(Tally other) => Totals.Add(_counts, ((ActiveTally)other)._counts);

    public override double? ValueOf(int bucket) => _counts[bucket];
}

/// <summary>Distinct sessions per bucket and of the range. Sessions by a property may overlap, so those of the person at hand are remembered.</summary>
internal sealed class SessionTally(int bucketCount) : Tally
{
    private readonly long[] _counts = new long[bucketCount];
    private readonly HashSet<(int Bucket, int Session)> _seen = [];
    private readonly HashSet<int> _seenInRange = [];
    private int _person = -1;
    private long _total;

    public override double? Total => _total;

    public override bool IsEmpty => _total == 0;

    public override void Add(in Occurrence occurrence)
    {
        if (occurrence.Session < 0)
        {
            return;
        }

        if (_person != occurrence.Person)
        {
            _person = occurrence.Person;
            _seen.Clear();
            _seenInRange.Clear();
        }

        if (occurrence.Bucket >= 0 && _seen.Add((occurrence.Bucket, occurrence.Session)))
        {
            _counts[occurrence.Bucket]++;
        }

        if (occurrence.IsInRange && _seenInRange.Add(occurrence.Session))
        {
            _total++;
        }
    }

    public override void Combine(Tally other)
    {
        var counted = (SessionTally)other;
        _total += counted._total;
        Totals.Add(_counts, counted._counts);
    }

    public override double? ValueOf(int bucket) => _counts[bucket];
}

/// <summary>Adds counts up.</summary>
internal static class Totals
{
    public static void Add(long[] counts, long[] others)
    {
        for (var index = 0; index < counts.Length; index++)
        {
            counts[index] += others[index];
        }
    }

    public static long Sum(this ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }

    public static long Sum(this Span<long> counts) => Sum((ReadOnlySpan<long>)counts);
}
