using System.Runtime.CompilerServices;
using NodaTime;
using Rondo.Engine.Execution;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Events;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Engine;

/// <content>Reports and people.</content>
public sealed partial class EventStore
{
    /// <inheritdoc/>
    public Task<InsightsResult> InsightsAsync(InsightsQuery query, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => new InsightsOperator(question, query).Execute(), cancellationToken);

    /// <inheritdoc/>
    public Task<FunnelResult> FunnelAsync(FunnelQuery query, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => new FunnelOperator(question, query).Execute(), cancellationToken);

    /// <inheritdoc/>
    public Task<RetentionResult> RetentionAsync(RetentionQuery query, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => new RetentionOperator(question, query).Execute(), cancellationToken);

    /// <inheritdoc/>
    public Task<FrequencyResult> FrequencyAsync(FrequencyQuery query, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => new FrequencyOperator(question, query).Execute(), cancellationToken);

    /// <inheritdoc/>
    public Task<FlowResult> FlowAsync(FlowQuery query, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => new FlowOperator(question, query).Execute(), cancellationToken);

    /// <inheritdoc/>
    public Task<PersonSet> PeopleAtAsync(ReportPoint point, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => PointOperator.PeopleAt(question, point), cancellationToken);

    /// <inheritdoc/>
    public Task<PersonSet> PeopleWhereAsync(Predicate where, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => new PeopleOperator(question).Where(where), cancellationToken);

    /// <inheritdoc/>
    public Task<PersonSet> EveryoneAsync(CancellationToken cancellationToken) =>
        AskAsync(Present(), question => new PeopleOperator(question).Everyone(), cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<string> DistinctIdsOf(IEnumerable<PersonNumber> persons) => _ids.IdsOf(persons.Select(person => person.Value));

    /// <inheritdoc/>
    public PersonNumber? FindPerson(string distinctId) => _ids.FindPerson(distinctId) is { } number ? new PersonNumber(number) : null;

    /// <inheritdoc/>
    public PersonNumber? FindNumber(string distinctId) => _ids.Find(distinctId) is { } number and not IdDirectory.Nobody ? new PersonNumber(number) : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> IdsOf(IReadOnlyCollection<string> distinctIds)
    {
        IdSnapshot ids;
        lock (_gate)
        {
            ids = _ids.Snapshot();
        }

        return _ids.IdsOf(NumbersOf(ids, distinctIds));
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, PropertyValue>? FindProfile(string distinctId) =>
        _ids.FindPerson(distinctId) is { } person ? _profiles.Find(person) : null;

    /// <inheritdoc/>
    public Task<IReadOnlyList<TrackedEvent>> TimelineAsync(string distinctId, Instant? before, int limit, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<TrackedEvent>>(
            Present(),
            question =>
            {
                if (_ids.FindPerson(distinctId) is not { } person || person >= question.View.Ids.Count)
                {
                    return [];
                }

                var track = Track.Everything(question.View, question.View.EventNames);
                var cursor = new TrackCursor(track, question.View.Ids, person);
                cursor.MoveTo(person);
                var end = before is { } bound ? Execution.Kernels.TimeBuckets.LowerBound(cursor.Times, bound.ToUnixTimeMilliseconds()) : cursor.Count;
                var reader = new EventReader(_ids);
                var events = new List<TrackedEvent>();
                for (var index = end - 1; index >= 0 && events.Count < limit; index--)
                {
                    events.Add(reader.Read(track.Runs[cursor.RunOf(index)].Run, cursor.RowOf(index)));
                }

                return events;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TrackedEvent>> RecentEventsAsync(string? name, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<TrackedEvent>>(Present(), question => new RecentEvents(question, _ids).Newest(name, window, limit), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<TrackedEvent> ExportAsync(IReadOnlyCollection<string> names, TimeWindow window, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var view = View();
        var reader = new EventReader(_ids);
        var start = window.Start == Instant.MinValue ? long.MinValue : window.Start.ToUnixTimeMilliseconds();
        var end = window.End == Instant.MaxValue ? long.MaxValue : window.End.ToUnixTimeMilliseconds();
        foreach (var name in view.EventNames.Where(name => names.Count == 0 || names.Contains(name)))
        {
            var track = Track.Everything(view, [name]);
            var cursor = new TrackCursor(track, view.Ids, IdDirectory.Nobody);
            for (var person = cursor.Peek(); person != int.MaxValue; person = cursor.Peek())
            {
                cancellationToken.ThrowIfCancellationRequested();
                cursor.MoveTo(person);
                for (var index = 0; index < cursor.Count; index++)
                {
                    if (cursor.Times[index] >= start && cursor.Times[index] < end)
                    {
                        yield return reader.Read(track.Runs[cursor.RunOf(index)].Run, cursor.RowOf(index));
                    }
                }
            }

            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<EventSummary>> EventNamesAsync(CancellationToken cancellationToken) =>
        AskAsync(Present(), question => Vocabulary.EventNames(question.View), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PropertySummary>> PropertiesAsync(PropertySource source, string? eventName, CancellationToken cancellationToken) =>
        AskAsync(Present(), question => Vocabulary.Properties(question.View, source, eventName), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PropertyUsage>> PropertyUsageAsync(PropertySource source, CancellationToken cancellationToken) =>
        AskAsync(Present(), question => Vocabulary.Usage(question, source), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> PropertyValuesAsync(PropertySource source, string? eventName, string property, string? search, int limit, QueryContext context, CancellationToken cancellationToken) =>
        AskAsync(context, question => Vocabulary.Values(question, source, eventName, property, search, limit), cancellationToken);

    private QueryContext Present() => new() { Calendar = ProjectCalendar.Utc, Now = Instant.FromDateTimeOffset(_time.GetUtcNow()) };

    private Task<T> AskAsync<T>(QueryContext context, Func<Question, T> ask, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var view = View();
            return ask(new Question(view, context, _options.QueryThreads, cancellationToken));
        },
        cancellationToken);
}
