using System.Collections.Immutable;
using Rondo.Engine.Execution.Kernels;
using Rondo.Model.Queries;

namespace Rondo.Engine.Execution;

/// <summary>What a thread has counted of one segment. Combining is commutative.</summary>
internal sealed class FunnelTally(int stepCount)
{
    private readonly long[] _reached = new long[stepCount];
    private readonly long[] _millisecondsFromPrevious = new long[stepCount];
    private readonly long[] _millisecondsFromFirst = new long[stepCount];

    /// <summary>Persons who entered.</summary>
    public long Entries => _reached[0];

    public void Add(FunnelAttempt attempt)
    {
        for (var step = 0; step < attempt.Reached; step++)
        {
            _reached[step]++;
            if (step > 0)
            {
                _millisecondsFromPrevious[step] += attempt.Times[step] - attempt.Times[step - 1];
                _millisecondsFromFirst[step] += attempt.Times[step] - attempt.Times[0];
            }
        }
    }

    /// <param name="counts">Per step the persons, milliseconds from the previous step, milliseconds from the first.</param>
    public void Add(ReadOnlySpan<long> counts)
    {
        for (var step = 0; step < stepCount; step++)
        {
            _reached[step] += counts[step * 3];
            _millisecondsFromPrevious[step] += counts[(step * 3) + 1];
            _millisecondsFromFirst[step] += counts[(step * 3) + 2];
        }
    }

    public void Combine(FunnelTally other)
    {
        for (var step = 0; step < stepCount; step++)
        {
            _reached[step] += other._reached[step];
            _millisecondsFromPrevious[step] += other._millisecondsFromPrevious[step];
            _millisecondsFromFirst[step] += other._millisecondsFromFirst[step];
        }
    }

    public ImmutableArray<FunnelStep> Steps()
    {
        var steps = ImmutableArray.CreateBuilder<FunnelStep>(stepCount);
        for (var step = 0; step < stepCount; step++)
        {
            var count = _reached[step];
            var hasTimes = step > 0 && count > 0;
            steps.Add(new FunnelStep(
                count,
                step == 0 ? 1 : Ratio(count, _reached[step - 1]),
                Ratio(count, _reached[0]),
                hasTimes ? _millisecondsFromPrevious[step] / 1000.0 / count : null,
                hasTimes ? _millisecondsFromFirst[step] / 1000.0 / count : null));
        }

        return steps.MoveToImmutable();
    }

    private static double? Ratio(long count, long of) => of == 0 ? null : (double)count / of;
}
