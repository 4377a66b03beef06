using System.Globalization;
using NodaTime;

namespace Rondo.MusicFinder.People;

/// <summary>Plans everybody: who they are, where they came from, when they joined and in which weeks they listen.</summary>
/// <remarks>
/// Story 1 is planted here: people of every source drift away slowly, but those from referral and facebook stop at week
/// <see cref="CollapseWeek"/>.
/// </remarks>
public static class Population
{
    /// <summary>The week of their life in which people of the two sources stop coming back.</summary>
    public const int CollapseWeek = 10;

    private const double FirstWeekActivity = 0.93;
    private const double WeeklyDrift = 0.975;
    private const double ActivityAfterCollapse = 0.05;

    /// <summary>The sources whose people leave.</summary>
    public static IReadOnlyList<string> CollapsingSources { get; } = ["facebook", "referral"];

    /// <summary>Everybody, by number.</summary>
    public static IReadOnlyList<Listener> Plan(MusicFinderOptions options) => [.. Enumerable.Range(0, options.People).Select(number => Plan(options, number))];

    private static Listener Plan(MusicFinderOptions options, int number)
    {
        var chance = new Chance(options.Seed, number, "person");
        var source = chance.Pick(Names.Sources);
        var platform = chance.Pick(Names.Platforms);
        var first = chance.Pick(Names.FirstNames);
        var last = chance.Pick(Names.LastNames);

        // More people join early, so that most are old enough for week 10.
        var joinedOn = Math.Pow(chance.Next(), 1.6) * (options.Days - 2);
        var signedUpAt = options.StartsAt + Duration.FromSeconds((long)(joinedOn * 86_400)) + Duration.FromHours(1);
        var userId = string.Create(CultureInfo.InvariantCulture, $"mf-{number + 1:d5}");
        var weeks = (int)Math.Ceiling((options.EndsAt - signedUpAt).TotalDays / 7);
        return new Listener(
            number,
            userId,
            string.Create(CultureInfo.InvariantCulture, $"device-{number + 1:d5}"),
            first,
            $"{first} {last}",
            chance.Happens(0.95) ? string.Create(CultureInfo.InvariantCulture, $"listener{number + 1}@musicfinder.example") : null,
            PushToken(chance, userId, platform),
            source,
            platform,
            chance.Pick(Names.Countries),
            chance.Pick(Names.Genres),
            chance.Happens(0.35),
            signedUpAt,
            [.. Enumerable.Range(0, weeks).Select(week => chance.Happens(Activity(source, week)))]);
    }

    /// <summary>Web people have no push; one in fifty has a token that its provider does not know any more.</summary>
    private static string? PushToken(Chance chance, string userId, string platform)
    {
        var draw = chance.Next();
        return platform == "Web" ? null : draw < 0.02 ? $"bounce-{userId}" : draw < 0.9 ? $"sandbox-{userId}" : null;
    }

    private static double Activity(string source, int week) =>
        week == 0 ? 1
        : week >= CollapseWeek && CollapsingSources.Contains(source) ? ActivityAfterCollapse
        : FirstWeekActivity * Math.Pow(WeeklyDrift, week);
}
