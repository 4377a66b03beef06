using NodaTime;

namespace Rondo.MusicFinder;

/// <summary>How large the sample company is and where its history ends. The same options give the same history, event for event.</summary>
/// <param name="EndsAt">The last instant of the history; the demo uses the hour it first starts in.</param>
/// <param name="People">Registered people. Default 20,000.</param>
/// <param name="Days">Length of the history. Default 120; at least 100, so that week 10 can be seen.</param>
/// <param name="Seed">Where all chance comes from. Default 7.</param>
public sealed record MusicFinderOptions(Instant EndsAt, int People = 20_000, int Days = 120, int Seed = 7)
{
    /// <summary>The first instant of the history.</summary>
    public Instant StartsAt => EndsAt - Duration.FromDays(Days);
}
