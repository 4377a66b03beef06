using Microsoft.AspNetCore.Http;
using Rondo.Model.Queries;

namespace Rondo.HttpApi.Rondo;

/// <summary>Which part of a list is asked for.</summary>
/// <param name="Skip">How many come before it; default 0.</param>
/// <param name="Take">How many it holds; default 50.</param>
internal readonly record struct Paging(int Skip, int Take)
{
    private const int DefaultTake = 50;

    /// <summary>Reads "skip" and "take"; the problems say what is wrong with them.</summary>
    public static (Paging Paging, IReadOnlyList<Problem> Problems) Of(IQueryCollection query, int maximumTake)
    {
        var problems = new List<Problem>();
        var skip = Read(query, "skip", 0, 0, int.MaxValue, problems);
        var take = Read(query, "take", Math.Min(DefaultTake, maximumTake), 1, maximumTake, problems);
        return (new Paging(skip, take), problems);
    }

    /// <summary>A whole number of the query.</summary>
    public static int Read(IQueryCollection query, string name, int absent, int minimum, int maximum, List<Problem> problems)
    {
        if (query[name] is not { Count: > 0 } value)
        {
            return absent;
        }

        if (int.TryParse(value[^1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        problems.Add(new Problem(name, $"must be a whole number from {minimum} to {maximum}"));
        return absent;
    }
}
