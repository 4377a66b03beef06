using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;

namespace Rondo.Analytics.Streaming;

/// <summary>Says what is wrong with a stream.</summary>
internal static class StreamProblems
{
    private const int MaximumNameLength = 200;
    private const int MostNames = 1000;
    private static readonly Duration ShortestFileInterval = Duration.FromSeconds(1);
    private static readonly Duration LongestFileInterval = Duration.FromHours(1);

    /// <summary>Everything that is wrong with what was chosen.</summary>
    /// <param name="settings">What was chosen.</param>
    /// <param name="connection">Where to; null when there is no such connection, which somebody else says.</param>
    public static IEnumerable<Problem> Of(StreamSettings settings, ConnectionSettings? connection)
    {
        if (string.IsNullOrWhiteSpace(settings.Name) || settings.Name.Length > MaximumNameLength)
        {
            yield return new Problem("name", $"must be 1 to {MaximumNameLength} characters");
        }

        foreach (var problem in OfChoice(settings.Choice))
        {
            yield return problem;
        }

        if (settings.Format is { } format && !Enum.IsDefined(format))
        {
            yield return new Problem("format", "must be ndjson or avro");
        }

        if (connection is { TakesFiles: false } && (settings.Format ?? (object?)settings.FileInterval) is not null)
        {
            yield return new Problem(settings.Format is not null ? "format" : "fileInterval", "is for connections that take files");
        }

        if (settings.FileInterval < ShortestFileInterval || settings.FileInterval > LongestFileInterval)
        {
            yield return new Problem("fileInterval", "must be 1 second to 1 hour");
        }
    }

    /// <summary>What is wrong with where to begin.</summary>
    public static IEnumerable<Problem> OfBeginning(Instant? from, Instant now) => from > now ? [new Problem("backfillFrom", "must not be in the future")] : [];

    private static IEnumerable<Problem> OfChoice(EventChoice? choice)
    {
        var (types, events) = (choice?.Types ?? [], choice?.ProductEvents ?? []);
        if (types.Count + events.Count == 0)
        {
            yield return new Problem("choice", "must name at least one type, family or product event");
        }

        if (types.Count > MostNames || events.Count > MostNames)
        {
            yield return new Problem("choice", $"must name at most {MostNames}");
        }

        for (var index = 0; index < types.Count; index++)
        {
            if (types[index] is null || !CurrentsCatalogue.Named(types[index]).Any())
            {
                yield return new Problem($"choice.types[{index}]", $"'{types[index]}' is no type and no family of Currents");
            }
        }

        for (var index = 0; index < events.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(events[index]))
            {
                yield return new Problem($"choice.productEvents[{index}]", "must be the name of an event, or *");
            }
        }
    }
}
