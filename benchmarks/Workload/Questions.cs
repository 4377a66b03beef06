using System.Globalization;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Soaking;

namespace Rondo.Benchmarks.Workload;

/// <summary>The questions of `rondo bench`. Each peer's side is written as its experts would.</summary>
internal static class Questions
{
    private static readonly LocalDate First = new(2026, 1, 5);
    private static readonly LocalDate Last = First.PlusDays(Listening.Days + 1);
    private static readonly LocalDate NinetyDaysBefore = First.PlusDays(Listening.Days - 10 - 90);
    private static readonly LocalDate Ninetieth = First.PlusDays(Listening.Days - 10 - 1);
    private static readonly EventSelector[] FunnelSteps = [new("View Homepage"), new("Play Song"), new("Add To Playlist")];
    private static readonly PropertyPredicate IsPaid = new(PropertySource.Event, "plan", PropertyOperator.Equals, [PropertyValue.Of("paid")]);

    public static IReadOnlyList<Question> All { get; } = [Funnel(), FunnelOfPaid(), SessionFunnel(), Retention(), DailyUniques(), DailyCount(), Flow(), Cohort()];

    private static Question Funnel() => new(
        "3-step funnel, 7 days",
        async (store, context) => StepsOf(await store.FunnelAsync(new FunnelQuery { Steps = [.. FunnelSteps], Range = DateRange.Between(First, Last), ReEntry = ReEntry.Optimized }, context, default)),
        """
        SELECT concat('$overall,', toString(level), ',', toString(sum(persons) OVER (ORDER BY level DESC))) FROM (
            SELECT level, count() AS persons FROM (
                SELECT windowFunnel(604800)(time, name = 'View Homepage', name = 'Play Song', name = 'Add To Playlist') AS level
                FROM events WHERE name IN ('View Homepage', 'Play Song', 'Add To Playlist') GROUP BY person)
            WHERE level > 0 GROUP BY level)
        """,
        Ladder("true", null),
        [new("View Homepage", true), new("Play Song", true), new("Add To Playlist", true)]);

    private static Question FunnelOfPaid() => new(
        "the same by platform, paid only",
        async (store, context) => StepsOf(await store.FunnelAsync(
            new FunnelQuery { Steps = [.. FunnelSteps.Select(step => step with { Filter = IsPaid })], Range = DateRange.Between(First, Last), ReEntry = ReEntry.Optimized, Breakdowns = [new Breakdown(PropertySource.User, "platform")] }, context, default)).Where(line => !line.StartsWith("$overall", StringComparison.Ordinal)),
        """
        SELECT concat(platform, ',', toString(level), ',', toString(sum(persons) OVER (PARTITION BY platform ORDER BY level DESC))) FROM (
            SELECT platform, level, count() AS persons FROM (
                SELECT any(platform) AS platform, windowFunnel(604800)(time, name = 'View Homepage', name = 'Play Song', name = 'Add To Playlist') AS level
                FROM events WHERE name IN ('View Homepage', 'Play Song', 'Add To Playlist') AND plan = 'paid' GROUP BY person)
            WHERE level > 0 GROUP BY platform, level)
        """,
        Ladder("plan = 'paid'", "platform"),
        [new("View Homepage", true, "plan"), new("Play Song", true, "plan"), new("Add To Playlist", true, "plan")]);

    private static Question SessionFunnel() => new(
        "3-step funnel within 1 session",
        async (store, context) => StepsOf(await store.FunnelAsync(
            new FunnelQuery { Steps = [.. FunnelSteps], Range = DateRange.Between(First, Last), ReEntry = ReEntry.Optimized, Window = new ConversionWindow(1, WindowUnit.Session) }, context, default)),
        """
        SELECT concat('$overall,', toString(level), ',', toString(sum(persons) OVER (ORDER BY level DESC))) FROM (
            SELECT level, count() AS persons FROM (
                SELECT person, max(reached) AS level FROM (
                    SELECT person, windowFunnel(86400)(time, name = 'View Homepage', name = 'Play Song', name = 'Add To Playlist') AS reached FROM (
                        SELECT person, time, name, sum(begins) OVER (PARTITION BY person ORDER BY time ROWS UNBOUNDED PRECEDING) AS session FROM (
                            SELECT person, time, name,
                                toUnixTimestamp(time) - toUnixTimestamp(lagInFrame(time, 1) OVER (PARTITION BY person ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) > 1800
                                OR toDate(time) != toDate(lagInFrame(time, 1) OVER (PARTITION BY person ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS begins
                            FROM events))
                    WHERE name IN ('View Homepage', 'Play Song', 'Add To Playlist')
                    GROUP BY person, session)
                GROUP BY person)
            WHERE level > 0 GROUP BY level)
        """,
        """
        WITH marked AS (
            SELECT person, time, name, coalesce(epoch(time) - epoch(lag(time) OVER w) > 1800 OR time::DATE <> (lag(time) OVER w)::DATE, true)::INT AS begins
            FROM events WINDOW w AS (PARTITION BY person ORDER BY time)),
        numbered AS (
            SELECT person, time, name, sum(begins) OVER (PARTITION BY person ORDER BY time ROWS UNBOUNDED PRECEDING) AS session FROM marked),
        steps AS (SELECT * FROM numbered WHERE name IN ('View Homepage', 'Play Song', 'Add To Playlist')),
        entered AS (SELECT person, session, min(time) AS t1 FROM steps WHERE name = 'View Homepage' GROUP BY ALL),
        second AS (SELECT s.person, s.session, min(s.time) AS t2 FROM steps s JOIN entered e ON s.person = e.person AND s.session = e.session WHERE s.name = 'Play Song' AND s.time >= e.t1 GROUP BY ALL),
        third AS (SELECT s.person, s.session, min(s.time) AS t3 FROM steps s JOIN second e ON s.person = e.person AND s.session = e.session WHERE s.name = 'Add To Playlist' AND s.time >= e.t2 GROUP BY ALL)
        SELECT '$overall,1,' || count(DISTINCT person) FROM entered
        UNION ALL SELECT '$overall,2,' || count(DISTINCT person) FROM second
        UNION ALL SELECT '$overall,3,' || count(DISTINCT person) FROM third
        """,
        [new(null, true), new("View Homepage", true), new("Play Song", true), new("Add To Playlist", true)]);

    private static Question Retention() => new(
        "weekly retention by platform",
        async (store, context) => (await store.RetentionAsync(
                new RetentionQuery
                {
                    Birth = new EventSelector("App Open"),
                    Return = new EventSelector("Play Song"),
                    Range = DateRange.Between(First, Last),
                    Unit = CalendarUnit.Week,
                    Buckets = 12,
                    Criterion = RetentionCriterion.On,
                    BirthKind = RetentionBirth.FirstEver,
                    Breakdowns = [new Breakdown(PropertySource.User, "platform")],
                },
                context,
                default)).Segments
            .Where(segment => segment.Segment != Segment.Overall)
            .SelectMany(segment => segment.Rows.SelectMany(row => row.Retained.Select((retained, bucket) => (retained, bucket)).Where(cell => cell.retained > 0).Select(cell =>
                string.Create(CultureInfo.InvariantCulture, $"{segment.Segment.Label},{row.Start.ToUnixTimeSeconds()},{cell.bucket},{cell.retained}")))),
        """
        SELECT concat(platform, ',', toString(toUnixTimestamp(toDateTime(toMonday(born)))), ',', toString(week), ',', toString(count())) FROM (
            SELECT any(platform) AS platform, minIf(time, name = 'App Open') AS born,
                arrayJoin(arrayDistinct(arrayMap(t -> intDiv(t - born, 604800), arrayFilter(t -> t >= born AND t < born + 7257600, groupArrayIf(time, name = 'Play Song'))))) AS week
            FROM events WHERE name IN ('App Open', 'Play Song') GROUP BY person HAVING countIf(name = 'App Open') > 0)
        GROUP BY platform, toMonday(born), week
        """,
        """
        WITH births AS (SELECT person, any_value(platform) AS platform, min(time) AS born FROM events WHERE name = 'App Open' GROUP BY person),
        returns AS (
            SELECT DISTINCT b.person, b.platform, b.born, ((epoch(e.time) - epoch(b.born))::BIGINT // 604800) AS week
            FROM births b JOIN events e ON e.person = b.person
            WHERE e.name = 'Play Song' AND e.time >= b.born AND e.time < b.born + INTERVAL 84 DAY)
        SELECT platform || ',' || epoch(date_trunc('week', born))::BIGINT || ',' || week || ',' || count(*) FROM returns GROUP BY platform, date_trunc('week', born), week
        """,
        [new("App Open", true), new("Play Song", true)]);

    private static Question DailyUniques() => new(
        "daily uniques, 90 days",
        async (store, context) => DaysOf(await store.InsightsAsync(
            new InsightsQuery { Metrics = [new Metric(new EventSelector("Play Song"), Measure.Uniques)], Range = DateRange.Between(NinetyDaysBefore, Ninetieth) }, context, default)),
        $"""
        SELECT concat(toString(toUnixTimestamp(toDateTime(day))), ',', toString(persons)) FROM (
            SELECT toDate(time) AS day, uniqExact(person) AS persons FROM events
            WHERE name = 'Play Song' AND time >= {Seconds(NinetyDaysBefore)} AND time < {Seconds(Ninetieth.PlusDays(1))} GROUP BY day)
        """,
        $"""
        SELECT epoch(day)::BIGINT || ',' || persons FROM (
            SELECT date_trunc('day', time) AS day, count(DISTINCT person) AS persons FROM events
            WHERE name = 'Play Song' AND time >= to_timestamp({Seconds(NinetyDaysBefore)})::TIMESTAMP AND time < to_timestamp({Seconds(Ninetieth.PlusDays(1))})::TIMESTAMP GROUP BY day)
        """,
        [new("Play Song", true)]);

    private static Question DailyCount() => new(
        "daily count with filter",
        async (store, context) => DaysOf(await store.InsightsAsync(
            new InsightsQuery { Metrics = [new Metric(new EventSelector("Play Song", IsPaid), Measure.Total)], Range = DateRange.Between(NinetyDaysBefore, Ninetieth) }, context, default)),
        $"""
        SELECT concat(toString(toUnixTimestamp(toDateTime(day))), ',', toString(total)) FROM (
            SELECT toDate(time) AS day, count() AS total FROM events
            WHERE name = 'Play Song' AND plan = 'paid' AND time >= {Seconds(NinetyDaysBefore)} AND time < {Seconds(Ninetieth.PlusDays(1))} GROUP BY day)
        """,
        $"""
        SELECT epoch(day)::BIGINT || ',' || total FROM (
            SELECT date_trunc('day', time) AS day, count(*) AS total FROM events
            WHERE name = 'Play Song' AND plan = 'paid' AND time >= to_timestamp({Seconds(NinetyDaysBefore)})::TIMESTAMP AND time < to_timestamp({Seconds(Ninetieth.PlusDays(1))})::TIMESTAMP GROUP BY day)
        """,
        [new("Play Song", false, "plan")]);

    private static Question Flow() => new(
        "3-step flow after an anchor",
        async (store, context) => (await store.FlowAsync(
                new FlowQuery { Anchor = new EventSelector("View Pricing Plan"), Range = DateRange.Between(First, Last), StepsAfter = 3, Top = 20, Window = new ConversionWindow(Listening.Days, WindowUnit.Day), CollapseRepeats = false },
                context,
                default)).Links
            .Select(link => $"{link.From.Column},{link.From.Event},{link.To.Event ?? "-"},{link.Count}"),
        """
        SELECT concat(toString(step), ',', a, ',', b, ',', toString(count())) FROM (
            SELECT arrayJoin([(0, path[1], path[2]), (1, path[2], path[3]), (2, path[3], path[4])]) AS link, link.1 AS step, link.2 AS a, if(link.3 = '', '-', link.3) AS b FROM (
                SELECT arraySlice(names, indexOf(names, 'View Pricing Plan'), 4) AS path FROM (
                    SELECT groupArray(name) AS names FROM (SELECT person, toString(name) AS name FROM events ORDER BY person, time) GROUP BY person HAVING has(names, 'View Pricing Plan'))))
        WHERE a != '' GROUP BY step, a, b
        """,
        """
        WITH following AS (
            SELECT person, time, name, lead(name, 1) OVER w AS n1, lead(name, 2) OVER w AS n2, lead(name, 3) OVER w AS n3
            FROM events WINDOW w AS (PARTITION BY person ORDER BY time)),
        anchors AS (SELECT arg_min({'n0': name, 'n1': n1, 'n2': n2, 'n3': n3}, time) AS path FROM following WHERE name = 'View Pricing Plan' GROUP BY person),
        links AS (
            SELECT 0 AS step, path.n0 AS a, path.n1 AS b FROM anchors
            UNION ALL SELECT 1, path.n1, path.n2 FROM anchors
            UNION ALL SELECT 2, path.n2, path.n3 FROM anchors)
        SELECT step || ',' || a || ',' || coalesce(b, '-') || ',' || count(*) FROM links WHERE a IS NOT NULL GROUP BY step, a, b
        """,
        [new(null, true), new("View Pricing Plan", true)]);

    private static Question Cohort() => new(
        "cohort: played 3 times in 30 days, bought nothing",
        async (store, context) => [(await store.PeopleWhereAsync(
            new AllPredicate(
            [
                new DidPredicate(new EventSelector("Play Song"), CountComparison.AtLeast, 3, DateRange.Between(Ninetieth.PlusDays(-29), Ninetieth)),
                new DidPredicate(new EventSelector("Purchase"), CountComparison.Exactly, 0, null),
            ]),
            context,
            default)).Count.ToString(CultureInfo.InvariantCulture)],
        $"""
        SELECT toString(count()) FROM (
            SELECT person FROM events WHERE name IN ('Play Song', 'Purchase') GROUP BY person
            HAVING countIf(name = 'Play Song' AND time >= {Seconds(Ninetieth.PlusDays(-29))} AND time < {Seconds(Ninetieth.PlusDays(1))}) >= 3 AND countIf(name = 'Purchase') = 0)
        """,
        $"""
        SELECT count(*)::VARCHAR FROM (
            SELECT person FROM events WHERE name IN ('Play Song', 'Purchase') GROUP BY person
            HAVING count(*) FILTER (name = 'Play Song' AND time >= to_timestamp({Seconds(Ninetieth.PlusDays(-29))})::TIMESTAMP AND time < to_timestamp({Seconds(Ninetieth.PlusDays(1))})::TIMESTAMP) >= 3
                AND count(*) FILTER (name = 'Purchase') = 0)
        """,
        [new("Play Song", true), new("Purchase", true)]);

    /// <summary>For every entry the next step by ordered look-up; each level counts the persons who have such an entry.</summary>
    private static string Ladder(string filter, string? by)
    {
        var label = by is null ? "'$overall'" : "platform";
        var grouping = by is null ? string.Empty : " GROUP BY platform";
        return $"""
            WITH s1 AS (SELECT person, time, platform FROM events WHERE name = 'View Homepage' AND {filter}),
            s2 AS (SELECT person, time FROM events WHERE name = 'Play Song' AND {filter}),
            s3 AS (SELECT person, time FROM events WHERE name = 'Add To Playlist' AND {filter}),
            second AS (
                SELECT s1.person, s1.platform, s1.time AS t1, s2.time AS t2 FROM s1 ASOF JOIN s2 ON s1.person = s2.person AND s1.time <= s2.time
                WHERE s2.time <= s1.time + INTERVAL 7 DAY),
            third AS (
                SELECT a.person, a.platform FROM second a ASOF JOIN s3 ON a.person = s3.person AND a.t2 <= s3.time
                WHERE s3.time <= a.t1 + INTERVAL 7 DAY)
            SELECT {label} || ',1,' || count(DISTINCT person) FROM s1{grouping}
            UNION ALL SELECT {label} || ',2,' || count(DISTINCT person) FROM second{grouping}
            UNION ALL SELECT {label} || ',3,' || count(DISTINCT person) FROM third{grouping}
            """;
    }

    private static IEnumerable<string> StepsOf(FunnelResult result) => result.Segments.SelectMany(segment => segment.Steps.Select((step, index) =>
        string.Create(CultureInfo.InvariantCulture, $"{segment.Segment.Label},{index + 1},{step.Count}")));

    private static IEnumerable<string> DaysOf(InsightsResult result) => result.Buckets.Select((day, index) =>
        string.Create(CultureInfo.InvariantCulture, $"{day.ToUnixTimeSeconds()},{result.Series[0].Values[index]}")).Where(line => !line.EndsWith(",0", StringComparison.Ordinal));

    private static long Seconds(LocalDate date) => date.AtStartOfDayInZone(DateTimeZone.Utc).ToInstant().ToUnixTimeSeconds();
}
