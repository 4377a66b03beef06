using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Time;

namespace Rondo.Engine.Execution;

/// <summary>
/// The beginnings and ends of all sessions as rows of the store: the first (last) event of each session, with the length of
/// the session and the number of its events as further properties. Read-only after it was made.
/// </summary>
/// <remarks>O(events of everybody) once per question and definition. The further properties become columns when asked for.</remarks>
internal sealed class SessionEdges
{
    public SessionEdges(Question question, SessionDefinition definition)
    {
        var view = question.View;
        var sessions = new SessionPlan(question, definition);
        var track = Track.Everything(view, view.EventNames);
        var isOutside = track.Runs.Select(run => question.Context.Lexicon.IsOutside(definition, run.Run.EventName!)).ToArray();
        var found = PersonScan.Run(
            track,
            view,
            question.Threads,
            firstPerson => new Finder(sessions.CursorFrom(firstPerson), isOutside),
            (finder, cursor, person) => finder.Read(cursor, person),
            question.CancellationToken).SelectMany(finder => finder.Found).ToList();
        Starts = Rows(track, found.Select(session => (session.Start, session.Of)));
        Ends = Rows(track, found.Where(session => session.Of.IsClosed).Select(session => (session.End, session.Of)));
    }

    /// <summary>The runs of every name, each with the rows that begin a session.</summary>
    public IReadOnlyList<(Run Run, RowMask Mask)> Starts { get; }

    /// <summary>Likewise those that end one; a session without its end has none.</summary>
    public IReadOnlyList<(Run Run, RowMask Mask)> Ends { get; }

    private static (Run Run, RowMask Mask)[] Rows(Track track, IEnumerable<(Place Place, Measured Of)> edges)
    {
        var masks = track.Runs.Select(run => new RowMask(run.Run.RowCount)).ToArray();
        var measured = track.Runs.Select(_ => new List<(int Row, Measured Of)>()).ToArray();
        foreach (var (place, of) in edges)
        {
            masks[place.Run][place.Row] = true;
            measured[place.Run].Add((place.Row, of));
        }

        return [.. track.Runs.Select((run, index) => (run.Run.With(stored => new EdgeProperties(stored, run.Run.RowCount, measured[index])), masks[index]))];
    }

    private readonly record struct Place(int Run, int Row);

    private readonly record struct Measured(double Seconds, int EventCount)
    {
        public bool IsClosed => !double.IsNaN(Seconds);
    }

    /// <summary>Follows one person after the other. Belongs to one thread.</summary>
    private sealed class Finder(SessionCursor sessions, bool[] isOutside)
    {
        private int[] _firsts = new int[16];
        private int[] _lasts = new int[16];
        private int[] _counts = new int[16];

        public List<(Place Start, Place End, Measured Of)> Found { get; } = [];

        public void Read(TrackCursor cursor, int person)
        {
            if (person == IdDirectory.Nobody)
            {
                return;
            }

            sessions.MoveTo(person);
            Clear();
            for (var index = 0; index < cursor.Count; index++)
            {
                var session = sessions.Of(cursor, index);
                if (session < 0)
                {
                    continue;
                }

                _firsts[session] = _firsts[session] < 0 ? index : _firsts[session];
                _lasts[session] = index;
                _counts[session] += isOutside[cursor.RunOf(index)] ? 0 : 1;
            }

            for (var session = 0; session < sessions.Count; session++)
            {
                if (_firsts[session] >= 0)
                {
                    var seconds = sessions.IsClosed(session) ? (sessions.EndOf(session) - sessions.StartOf(session)) / 1000.0 : double.NaN;
                    Found.Add((At(cursor, _firsts[session]), At(cursor, _lasts[session]), new Measured(seconds, _counts[session])));
                }
            }
        }

        private static Place At(TrackCursor cursor, int index) => new(cursor.RunOf(index), cursor.RowOf(index));

        private void Clear()
        {
            if (_firsts.Length < sessions.Count)
            {
                _firsts = new int[sessions.Count * 2];
                _lasts = new int[_firsts.Length];
                _counts = new int[_firsts.Length];
            }

            _firsts.AsSpan(0, sessions.Count).Fill(-1);
            _counts.AsSpan(0, sessions.Count).Clear();
        }
    }

    private sealed class EdgeProperties(IPropertySource stored, int rowCount, List<(int Row, Measured Of)> edges) : IPropertySource
    {
        private readonly Lazy<PropertyColumns> _seconds = new(() => Column(rowCount, edges, of => of.Seconds));
        private readonly Lazy<PropertyColumns> _counts = new(() => Column(rowCount, edges, of => of.EventCount));

        public IReadOnlyCollection<string> Names => [.. stored.Names, BuiltInProperties.SessionSeconds, BuiltInProperties.SessionEventCount];

        public PropertyColumns? Find(string name) => name switch
        {
            BuiltInProperties.SessionSeconds => _seconds.Value,
            BuiltInProperties.SessionEventCount => _counts.Value,
            _ => stored.Find(name),
        };

        private static PropertyColumns Column(int rowCount, List<(int Row, Measured Of)> edges, Func<Measured, double> valueOf)
        {
            var numbers = edges.Select(edge => (edge.Row, Value: valueOf(edge.Of))).Where(edge => !double.IsNaN(edge.Value)).ToList();
            var builder = new NumberColumnBuilder(rowCount, numbers.Count == 0 ? NumberWidth.Int8 : numbers.Max(edge => NumberColumn.WidthFor(edge.Value)));
            foreach (var (row, value) in numbers)
            {
                builder.Set(row, value);
            }

            return new PropertyColumns(null, null, builder.ToColumn());
        }
    }
}
