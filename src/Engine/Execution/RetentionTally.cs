using System.Collections.Immutable;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>What a thread has counted of one segment. Combining is commutative, but for the last digits of sums.</summary>
internal sealed class RetentionTally(int rowCount, int bucketCount, bool hasSums)
{
    private readonly long[] _sizes = new long[rowCount];
    private readonly long[] _retained = new long[rowCount * bucketCount];
    private readonly double[] _sums = new double[hasSums ? rowCount * bucketCount : 0];

    public void AddBirth(int row) => _sizes[row]++;

    public void AddReturns(int row, ReadOnlySpan<bool> retained, ReadOnlySpan<double> sums)
    {
        for (var bucket = 0; bucket < bucketCount; bucket++)
        {
            if (retained[bucket])
            {
                _retained[(row * bucketCount) + bucket]++;
                if (hasSums)
                {
                    _sums[(row * bucketCount) + bucket] += sums[bucket];
                }
            }
        }
    }

    /// <summary>Adds what was counted elsewhere.</summary>
    /// <param name="counts">Per row the births, then the retained of each bucket.</param>
    public void Add(ReadOnlySpan<long> counts)
    {
        for (var row = 0; row < rowCount; row++)
        {
            var ofRow = counts.Slice(row * (bucketCount + 1), bucketCount + 1);
            _sizes[row] += ofRow[0];
            for (var bucket = 0; bucket < bucketCount; bucket++)
            {
                _retained[(row * bucketCount) + bucket] += ofRow[bucket + 1];
            }
        }
    }

    public void Combine(RetentionTally other)
    {
        for (var row = 0; row < rowCount; row++)
        {
            _sizes[row] += other._sizes[row];
        }

        for (var cell = 0; cell < _retained.Length; cell++)
        {
            _retained[cell] += other._retained[cell];
        }

        for (var cell = 0; cell < _sums.Length; cell++)
        {
            _sums[cell] += other._sums[cell];
        }
    }

    /// <param name="segment">What was counted.</param>
    /// <param name="calendar">The rows.</param>
    /// <param name="born">Whose rows the persons were born in: this tally, or that of all together.</param>
    public RetentionSegment Show(Segment segment, RetentionCalendar calendar, RetentionTally born)
    {
        var rows = Enumerable.Range(0, rowCount).Select(row =>
            new RetentionRow(calendar.StartOf(row), born._sizes[row], [.. _retained.AsSpan(row * bucketCount, bucketCount)], calendar.CompleteBuckets(row))
            {
                Sums = hasSums ? [.. _sums.AsSpan(row * bucketCount, bucketCount)] : [],
            }).ToImmutableArray();
        return new RetentionSegment(segment, rows, Averages(rows, (row, bucket) => row.Retained[bucket], row => (double)row.Size * row.Size))
        {
            AverageCount = Averages(rows, (row, bucket) => row.Retained[bucket], row => row.Size),
            AverageSum = hasSums ? Averages(rows, (row, bucket) => row.Sums[bucket], row => row.Size) : [],
            AverageSumPerPerson = hasSums ? Averages(rows, (row, bucket) => row.Retained[bucket] == 0 ? null : row.Sums[bucket] / row.Retained[bucket], row => row.Size) : [],
        };
    }

    /// <summary>Σ(value·size) / Σ(weight) over the complete cells that have a value (Mixpanel reference, 3.3).</summary>
    private ImmutableArray<double?> Averages(ImmutableArray<RetentionRow> rows, Func<RetentionRow, int, double?> valueOf, Func<RetentionRow, double> weightOf) =>
        [.. Enumerable.Range(0, bucketCount).Select(bucket =>
        {
            double sum = 0;
            double weights = 0;
            foreach (var row in rows)
            {
                if (row.CompleteBuckets > bucket && valueOf(row, bucket) is { } value)
                {
                    sum += value * row.Size;
                    weights += weightOf(row);
                }
            }

            return weights == 0 ? (double?)null : sum / weights;
        })];
}
