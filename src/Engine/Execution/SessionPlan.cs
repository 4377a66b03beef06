using Rondo.Engine.Planning;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>What a question needs to cut sessions: prepared once, read by a cursor per thread.</summary>
internal sealed class SessionPlan
{
    private readonly Question _question;
    private readonly SessionDefinition _definition;
    private readonly Track _timeline;
    private readonly bool[] _isExcluded;
    private readonly Track? _starts;
    private readonly Track? _ends;
    private readonly PropertyTexts? _values;

    /// <param name="question">Whose events.</param>
    /// <param name="definition">What a session is; null means as the project says.</param>
    public SessionPlan(Question question, SessionDefinition? definition = null)
    {
        _question = question;
        _definition = definition ?? question.Context.Sessions;
        var view = question.View;
        if (_definition is PropertySessions byProperty)
        {
            _timeline = Track.Everything(view, view.EventNames);
            _values = new PropertyTexts(question.Filter.Values, new PropertyName(PropertySource.Event, byProperty.Property), _timeline);
            _isExcluded = [.. _timeline.Runs.Select(run => question.Context.Lexicon.IsOutside(_definition, run.Run.EventName!))];
            return;
        }

        _timeline = Track.Timeline(view);
        _isExcluded = [.. view.EventNames.Select(name => question.Context.Lexicon.IsOutside(_definition, name))];
        if (_definition is EventSessions byEvents)
        {
            _starts = Track.Of(view, question.Filter, byEvents.Start, null);
            _ends = Track.Of(view, question.Filter, byEvents.End, null);
        }
    }

    /// <summary>Whether a session is a span of time, so that no two overlap.</summary>
    public bool AreSpans => _definition is not PropertySessions;

    /// <summary>A cursor for one thread, from a person on.</summary>
    public SessionCursor CursorFrom(int firstPerson)
    {
        var ids = _question.View.Ids;
        var timeline = new TrackCursor(_timeline, ids, firstPerson);
        var midnights = new Midnights(_question.Context.Calendar);
        return _definition switch
        {
            TimeoutSessions timeout => new SessionCursorByTimeout(timeline, _isExcluded, midnights, timeout.TimeoutSeconds * 1000L),
            EventSessions => new SessionCursorByEvents(timeline, _isExcluded, midnights, new TrackCursor(_starts!, ids, firstPerson), new TrackCursor(_ends!, ids, firstPerson)),
            _ => new SessionCursorByProperty(timeline, _isExcluded, midnights, _values!),
        };
    }
}
