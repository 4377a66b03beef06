using System.Runtime.InteropServices;
using NodaTime;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Stores;

namespace Rondo.Engine.Execution;

/// <summary>What is tracked: names, properties, values.</summary>
internal static class Vocabulary
{
    public static IReadOnlyList<EventSummary> EventNames(StoreView view) =>
        [.. view.Extents()
            .GroupBy(run => run.Name, StringComparer.Ordinal)
            .Select(name => new EventSummary(
                name.Key,
                name.Sum(run => (long)run.RowCount),
                Instant.FromUnixTimeMilliseconds(name.Min(run => run.First)),
                Instant.FromUnixTimeMilliseconds(name.Max(run => run.Last))))
            .OrderByDescending(summary => summary.RowCount)
            .ThenBy(summary => summary.Name, StringComparer.Ordinal)];

    public static IReadOnlyList<PropertySummary> Properties(StoreView view, PropertySource source, string? eventName)
    {
        var found = source == PropertySource.User
            ? view.Profiles.Properties()
            : Runs(view, eventName)
                .SelectMany(run => run.PropertyNames.Select(name => (Name: name, Kinds: run.Property(name)!.Kinds())))
                .GroupBy(property => property.Name, property => property.Kinds, StringComparer.Ordinal)
                .Select(property => (property.Key, (IReadOnlyList<PropertyKind>)[.. property.SelectMany(kinds => kinds).Distinct().Order()]));
        return [.. found.Select(property => new PropertySummary(property.Item1, property.Item2)).OrderBy(property => property.Name, StringComparer.Ordinal)];
    }

    public static IReadOnlyList<PropertyUsage> Usage(Question question, PropertySource source)
    {
        var view = question.View;
        if (source == PropertySource.User)
        {
            return [.. Properties(view, source, null).Select(property =>
            {
                var count = view.Profiles.Read(property.Name, view.Ids.Count).CountWhere(value => value.IsSet);
                return new PropertyUsage(property.Name, property.Kinds, count, null);
            })];
        }

        var uses = Runs(view, null).SelectMany(run => run.PropertyNames.Select(name => (Run: run, Name: name))).ToArray();
        var counted = new (long Count, long Last)[uses.Length];
        Parallel.For(0, uses.Length, new ParallelOptions { MaxDegreeOfParallelism = question.Threads, CancellationToken = question.CancellationToken }, use =>
            counted[use] = CountSet(uses[use].Run, uses[use].Run.Property(uses[use].Name)!));
        return [.. uses.Zip(counted, (use, its) => (use.Name, Kinds: use.Run.Property(use.Name)!.Kinds(), its.Count, its.Last))
            .GroupBy(use => use.Name, StringComparer.Ordinal)
            .OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => new PropertyUsage(
                property.Key,
                [.. property.SelectMany(use => use.Kinds).Distinct().Order()],
                property.Sum(use => use.Count),
                property.Max(use => use.Last) is > long.MinValue and var last ? Instant.FromUnixTimeMilliseconds(last) : null))];
    }

    private static (long Count, long Last) CountSet(Run run, PropertyColumns columns)
    {
        var (count, last) = (0L, long.MinValue);
        var times = run.Columns.Times;
        for (var row = 0; row < run.RowCount; row++)
        {
            if ((columns.Texts?.CodeAt(row) ?? 0) != 0 || (columns.Others?.CodeAt(row) ?? 0) != 0 || !double.IsNaN(columns.Numbers?.ValueAt(row) ?? double.NaN))
            {
                count++;
                last = Math.Max(last, times[row]);
            }
        }

        return (count, last);
    }

    public static IReadOnlyList<string> Values(Question question, PropertySource source, string? eventName, string property, string? search, int limit)
    {
        var view = question.View;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        if (question.Filter.Values.IsOfPerson(source, property))
        {
            var values = question.Filter.Values.OfPersons(source, property);
            for (var person = 0; person < values.Length; person++)
            {
                Count(counts, values[person]);
            }
        }
        else if (source != PropertySource.Event)
        {
            CountComputed(question, source, eventName, property, counts);
        }
        else
        {
            foreach (var (run, columns) in Runs(view, eventName).Select(run => (run, run.Property(property))))
            {
                for (var row = 0; columns is not null && row < run.RowCount; row++)
                {
                    Count(counts, columns.ValueAt(row));
                }
            }
        }

        return [.. counts
            .Where(value => string.IsNullOrEmpty(search) || value.Key.Contains(search, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(value => value.Value)
            .ThenBy(value => value.Key, StringComparer.Ordinal)
            .Take(limit)
            .Select(value => value.Key)];
    }

    private static void CountComputed(Question question, PropertySource source, string? eventName, string property, Dictionary<string, long> counts)
    {
        var canonical = question.View.Ids.Canonical;
        foreach (var run in Runs(question.View, eventName))
        {
            var values = question.Filter.Values.Of(run, source, property);
            var persons = run.Persons;
            for (var index = 0; index < persons.Length; index++)
            {
                var (start, end) = run.RowsAt(index);
                for (var row = start; row < end; row++)
                {
                    Count(counts, values.At(row, canonical[persons[index]]));
                }
            }
        }
    }

    private static IEnumerable<Run> Runs(StoreView view, string? eventName) =>
        eventName is null ? view.EventNames.SelectMany(view.RunsOf) : view.RunsOf(eventName);

    /// <summary>Items of lists count one by one.</summary>
    private static void Count(Dictionary<string, long> counts, PropertyValue value)
    {
        if (value.Kind == PropertyKind.List)
        {
            foreach (var item in value.Items)
            {
                Count(counts, item);
            }
        }
        else if (value.ToText() is { } text)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, text, out _)++;
        }
    }
}
