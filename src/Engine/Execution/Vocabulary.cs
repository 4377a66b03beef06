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
        [.. view.EventNames
            .Select(name => (Name: name, Runs: view.RunsOf(name).ToArray()))
            .Where(named => named.Runs.Length > 0)
            .Select(named => Summarise(named.Name, named.Runs))
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

    public static IReadOnlyList<string> Values(StoreView view, PropertySource source, string? eventName, string property, string? search, int limit)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        if (source == PropertySource.User)
        {
            var values = view.Profiles.Read(property, view.Ids.Count);
            for (var person = 0; person < values.Length; person++)
            {
                Count(counts, values[person]);
            }
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

    private static IEnumerable<Run> Runs(StoreView view, string? eventName) =>
        eventName is null ? view.EventNames.SelectMany(view.RunsOf) : view.RunsOf(eventName);

    private static EventSummary Summarise(string name, Run[] runs)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var run in runs)
        {
            (first, last) = (Math.Min(first, run.Span.First), Math.Max(last, run.Span.Last));
        }

        return new EventSummary(name, runs.Sum(run => (long)run.RowCount), Instant.FromUnixTimeMilliseconds(first), Instant.FromUnixTimeMilliseconds(last));
    }

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
