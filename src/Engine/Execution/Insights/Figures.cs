using Rondo.Model.Queries;

namespace Rondo.Engine.Execution.Insights;

/// <summary>
/// Numbers that a measure is taken of. The mean and the extremes need a few words; a percentile, to be exact, keeps every
/// number.
/// </summary>
internal sealed class Figures(Measure measure, double percentile)
{
    private readonly double _percentile = measure == Measure.Median ? 50 : percentile;
    private List<double>? _numbers;
    private double _sum;
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;

    public long Count { get; private set; }

    private bool KeepsAll => measure is Measure.Median or Measure.Percentile;

    public void Add(double number)
    {
        Count++;
        _sum += number;
        _least = Math.Min(_least, number);
        _greatest = Math.Max(_greatest, number);
        if (KeepsAll)
        {
            (_numbers ??= []).Add(number);
        }
    }

    public void Combine(Figures other)
    {
        Count += other.Count;
        _sum += other._sum;
        _least = Math.Min(_least, other._least);
        _greatest = Math.Max(_greatest, other._greatest);
        if (other._numbers is not null)
        {
            (_numbers ??= []).AddRange(other._numbers);
        }
    }

    /// <summary>The measure of the numbers so far; the sum of none is 0, anything else of none is null.</summary>
    public double? Value => measure switch
    {
        Measure.Sum => _sum,
        _ when Count == 0 => null,
        Measure.Average => _sum / Count,
        Measure.Minimum => _least,
        Measure.Maximum => _greatest,
        _ => PercentileOf(_numbers!),
    };

    private double PercentileOf(List<double> numbers)
    {
        numbers.Sort();
        var place = _percentile / 100 * (numbers.Count - 1);
        var below = (int)Math.Floor(place);
        return below + 1 < numbers.Count ? numbers[below] + ((numbers[below + 1] - numbers[below]) * (place - below)) : numbers[below];
    }
}
