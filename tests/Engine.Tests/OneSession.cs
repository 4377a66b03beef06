using System.Globalization;
using CsCheck;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using static Rondo.Engine.Tests.Music;

namespace Rondo.Engine.Tests;

/// <summary>Funnels within one session, all persons of a block at once, give what they give person by person.</summary>
public sealed class OneSession
{
    private static readonly DateRange Whole = DateRange.Between(new LocalDate(2026, 1, 1), new LocalDate(2026, 12, 31));

    /// <summary>Milliseconds to the next event: at once, out of order, about as long as a session's silence, over midnight.</summary>
    private static readonly Gen<int> GenGap = Gen.Frequency(
        (3, Gen.Int[0, 3].Select(seconds => seconds * 1000)),
        (3, Gen.Int[1, 29].Select(minutes => minutes * 60_000)),
        (2, Gen.Int[-1, 1].Select(seconds => 1_800_000 + (seconds * 1000))),
        (1, Gen.Int[1, 20].Select(hours => hours * 3_600_000)));

    private static readonly Gen<(int Gap, string Name)[]> GenPerson = Gen.Select(GenGap, Gen.Int[0, 3].Select(number => ((char)('A' + number)).ToString()), (gap, name) => (gap, name)).Array[1, 70];

    [Theory]
    [InlineData(ReEntry.FirstEntry, false)]
    [InlineData(ReEntry.FirstEntry, true)]
    [InlineData(ReEntry.Optimized, false)]
    [InlineData(ReEntry.Optimized, true)]
    public Task All_persons_at_once_or_one_by_one(ReEntry reEntry, bool inMilliseconds) => GenPerson.Array[1, 25].SampleAsync(
        async persons =>
        {
            await using var temporary = new TemporaryStore();
            var events = persons.SelectMany((person, number) => EventsOf(person, number, inMilliseconds)).ToArray();
            await temporary.Store.AppendAsync(Batch(events), default);
            await temporary.Store.SealAsync(default);
            var query = new FunnelQuery { Steps = [new("A"), new("B"), new("C")], Range = Whole, ReEntry = reEntry, Window = new ConversionWindow(1, WindowUnit.Session) };
            var context = new QueryContext { Calendar = new ProjectCalendar(DateTimeZone.Utc, IsoDayOfWeek.Monday), Now = Start + Duration.FromDays(400) };
            var atOnce = await temporary.Store.FunnelAsync(query, context, default);

            // What nobody does excludes nobody, but is not plain.
            var oneByOne = await temporary.Store.FunnelAsync(query with { Exclusions = [new FunnelExclusion(new EventSelector("Never"))] }, context, default);
            Show(atOnce).ShouldBe(Show(oneByOne));
        },
        iter: 60,
        threads: 1);

    private static IEnumerable<TrackedEvent> EventsOf((int Gap, string Name)[] person, int number, bool inMilliseconds)
    {
        // The first event of everybody is near midnight.
        var time = (23.99 * 3_600_000) + (number * 7000);
        foreach (var (at, (gap, name)) in person.Index())
        {
            time += gap + (inMilliseconds ? at % 3 : 0);
            yield return Event(name, string.Create(CultureInfo.InvariantCulture, $"p{number}"), (time + 0.5) / 3_600_000, string.Create(CultureInfo.InvariantCulture, $"{number}-{at}"));
        }
    }

    private static string Show(FunnelResult result) => string.Join('\n', result.Segments.Single().Steps.Select(step =>
        string.Create(CultureInfo.InvariantCulture, $"{step.Count} {step.AverageSecondsFromPrevious:f6} {step.AverageSecondsFromFirst:f6}")));
}
