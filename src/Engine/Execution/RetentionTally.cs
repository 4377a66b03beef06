using System.Collections.Immutable;

namespace Rondo.Engine.Execution;

/// <summary>What a thread has counted of one segment. Combining is commutative.</summary>
internal sealed class RetentionTally(int rowCount, int bucketCount)
{
    private readonly long[] _sizes = new long[rowCount];
    private readonly long[] _retained = new long[rowCount * bucketCount];

    public long TotalSize => _sizes.Sum();

    public long Size(int row) => _sizes[row];

    public ImmutableArray<long> Retained(int row) => [.. _retained.AsSpan(row * bucketCount, bucketCount)];

    public void Add(int row, Func<int, bool> isRetained)
    {
        _sizes[row]++;
        for (var bucket = 0; bucket < bucketCount; bucket++)
        {
            if (isRetained(bucket))
            {
                _retained[(row * bucketCount) + bucket]++;
            }
        }
    }

    /// <param name="sizes">Births per row.</param>
    /// <param name="retained">Retained per row and bucket.</param>
    public void Add(ReadOnlySpan<long> sizes, ReadOnlySpan<long> retained)
    {
        for (var row = 0; row < rowCount; row++)
        {
            _sizes[row] += sizes[row];
        }

        for (var cell = 0; cell < _retained.Length; cell++)
        {
            _retained[cell] += retained[cell];
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
    }

    /// <summary>Σ(retained·size) / Σ(size²) over complete cells (Mixpanel reference, 3.3).</summary>
    public ImmutableArray<double?> Average(RetentionCalendar calendar)
    {
        var average = ImmutableArray.CreateBuilder<double?>(bucketCount);
        for (var bucket = 0; bucket < bucketCount; bucket++)
        {
            double weighted = 0;
            double squares = 0;
            for (var row = 0; row < rowCount; row++)
            {
                if (calendar.CompleteBuckets(row) > bucket)
                {
                    weighted += (double)_retained[(row * bucketCount) + bucket] * _sizes[row];
                    squares += (double)_sizes[row] * _sizes[row];
                }
            }

            average.Add(squares == 0 ? null : weighted / squares);
        }

        return average.MoveToImmutable();
    }
}
