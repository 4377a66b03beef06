using NodaTime;
using Rondo.Model.Time;

namespace Rondo.Conformance.Tests.Oracle;

/// <summary>A session of one person.</summary>
internal sealed record OracleSession(Instant Start, Instant End, string? Value, bool IsClosed);

/// <summary>The sessions of one person, cut as the words of <see cref="SessionDefinition"/> say.</summary>
internal sealed class OracleSessions
{
    private readonly SessionDefinition _definition;
    private readonly ProjectCalendar _calendar;
    private readonly HashSet<Happening> _counting;

    public OracleSessions(List<Happening> person, SessionDefinition definition, ProjectCalendar calendar, Model.Lexicon.ProjectLexicon lexicon, Func<Happening, Model.Predicates.EventSelector, bool> matches)
    {
        _definition = definition;
        _calendar = calendar;
        var counting = person.Where(happening => !lexicon.IsOutside(definition, happening.Name)).ToList();
        _counting = [.. counting];
        All = definition switch
        {
            TimeoutSessions timeout => BySilence(counting, Duration.FromSeconds(timeout.TimeoutSeconds)),
            EventSessions events => ByEvents(counting, [.. person.Where(happening => matches(happening, events.Start))], [.. person.Where(happening => matches(happening, events.End))]),
            PropertySessions property =>
            [
                .. counting.Where(happening => happening[property.Property].ToText() is not null)
                    .GroupBy(happening => (happening[property.Property].ToText(), calendar.DateOf(happening.Time)))
                    .Select(same => new OracleSession(same.First().Time, same.Last().Time, same.Key.Item1, true)),
            ],
            _ => throw new InvalidOperationException("no kind of session"),
        };
    }

    public List<OracleSession> All { get; }

    /// <summary>Whether a happening belongs to sessions by its kind.</summary>
    public bool Counts(Happening happening) => _counting.Contains(happening);

    /// <summary>The number of the session a happening lies in; −1 for none.</summary>
    public int Of(Happening happening) => _definition is PropertySessions property
        ? All.FindIndex(session => session.Value == happening[property.Property].ToText() && session.Value is not null && _calendar.DateOf(session.Start) == _calendar.DateOf(happening.Time) && happening.Time >= session.Start && happening.Time <= session.End)
        : All.FindLastIndex(session => session.Start <= happening.Time) is >= 0 and var last && happening.Time <= All[last].End ? last : -1;

    private List<OracleSession> BySilence(List<Happening> counting, Duration timeout)
    {
        var sessions = new List<OracleSession>();
        foreach (var happening in counting)
        {
            if (sessions.Count == 0 || happening.Time - sessions[^1].End > timeout || _calendar.DateOf(happening.Time) != _calendar.DateOf(sessions[^1].End))
            {
                sessions.Add(new OracleSession(happening.Time, happening.Time, null, true));
            }

            sessions[^1] = sessions[^1] with { End = happening.Time };
        }

        return sessions;
    }

    private List<OracleSession> ByEvents(List<Happening> counting, List<Happening> starts, List<Happening> ends)
    {
        var sessions = new List<OracleSession>();
        foreach (var start in starts)
        {
            var day = _calendar.DateOf(start.Time);
            if (sessions.Count > 0 && (sessions[^1].IsClosed ? start.Time < sessions[^1].End : day == _calendar.DateOf(sessions[^1].Start)))
            {
                continue;
            }

            if (ends.Find(end => end.Time >= start.Time && _calendar.DateOf(end.Time) == day) is { } found)
            {
                ends.Remove(found);
                sessions.Add(new OracleSession(start.Time, found.Time, null, true));
            }
            else
            {
                var last = counting.LastOrDefault(happening => happening.Time >= start.Time && _calendar.DateOf(happening.Time) == day);
                sessions.Add(new OracleSession(start.Time, last?.Time ?? start.Time, null, false));
            }
        }

        return sessions;
    }
}
