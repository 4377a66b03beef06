using System.Globalization;
using NodaTime;
using Rondo.Analytics.AudienceSync;
using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;
using Rondo.Analytics.Streaming.Receivers;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Streaming;

/// <summary>What a turn came to.</summary>
/// <param name="Kind">What to do next.</param>
/// <param name="At">When to go on; for <see cref="TurnKind.Wait"/> and <see cref="TurnKind.Trouble"/>.</param>
internal readonly record struct Turn(TurnKind Kind, Instant At = default);

internal enum TurnKind
{
    /// <summary>Something was done; there may be more.</summary>
    Continue,

    /// <summary>Everything that is there is sent.</summary>
    Idle,

    /// <summary>What is there waits for company.</summary>
    Wait,

    /// <summary>Nothing is taken; it is written down why.</summary>
    Trouble,

    /// <summary>The stream is gone.</summary>
    Ended,
}

/// <summary>
/// One stream at work. A turn reads a stretch of the log after the cursor, sends what is chosen of it, and moves the cursor when
/// all of it is settled; a stretch whose answer was lost is read and sent again, under the same ids. Then a piece of the past, where
/// one is wanted: what is new always comes first, so that the log never lets go of it meanwhile.
/// </summary>
internal sealed partial class StreamSession(
    StreamRow row,
    StreamTable table,
    IEventStore store,
    IEventReceiver receiver,
    EventSelection selection,
    EventMapper mapper,
    StreamLags lags,
    IntegrationOptions options,
    TimeProvider time) : IAsyncDisposable
{
    private const int MostBatchesPerRead = 16;
    private const int BatchesPerStretch = 512;

    /// <summary>A stretch of which nothing is sent moves the stored cursor only this often: reading it again costs little, a commit each time would not.</summary>
    private static readonly Duration SaveInterval = Duration.FromSeconds(10);

    /// <summary>Files that are not full are looked at this often, since they may be filling.</summary>
    private static readonly Duration LongestWait = Duration.FromSeconds(5);

    private readonly EventSender _sender = new(receiver, table.ClaimFileNumberAsync, time) { MostRefusals = row.SkipsRefused ? int.MaxValue : options.RefusalsBeforePause };
    private LogPosition _position = new(row.Position);
    private StreamTally _passed = new();
    private Instant _savedAt = time.GetCurrentInstant();
    private Instant? _backfillReachedAt = row.BackfillReachedAt;
    private Instant? _failingSince = row.FailingSince;
    private int _failureCount = row.FailureCount;
    private int _eventsPerBatch;

    /// <summary>The revision of the stream that is at work.</summary>
    public int Revision => row.Revision;

    /// <summary>Does a stretch of what is new, and a piece of the past.</summary>
    public async Task<Turn> TurnAsync(CancellationToken cancellationToken)
    {
        var live = await LiveTurnAsync(cancellationToken);
        if (live.Kind is TurnKind.Trouble or TurnKind.Ended || _backfillReachedAt is not { } reached || reached >= row.BackfillEnd)
        {
            return live;
        }

        return await BackfillTurnAsync(reached, cancellationToken);
    }

    /// <summary>Waits until the log holds more than was seen.</summary>
    public async Task MoreAsync(CancellationToken cancellationToken)
    {
        await using var more = store.ReadLogAsync(_position, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await more.MoveNextAsync();
    }

    public ValueTask DisposeAsync() => receiver.DisposeAsync();

    private async Task<Turn> LiveTurnAsync(CancellationToken cancellationToken)
    {
        var tally = new StreamTally();
        var stretch = await ReadStretchAsync(tally, cancellationToken);
        if (stretch.End == _position)
        {
            return new Turn(TurnKind.Idle);
        }

        if (stretch.Events.Count == 0)
        {
            return await PassAsync(stretch.End, tally);
        }

        // A file waits until it is full or its first event has waited long enough.
        var dueAt = stretch.FirstReceivedAt + receiver.Patience;
        var now = time.GetCurrentInstant();
        if (stretch.Events.Count < receiver.MaximumEvents && dueAt > now)
        {
            return new Turn(TurnKind.Wait, Instant.Min(dueAt, now + LongestWait));
        }

        return await _sender.SendAsync(stretch.Events, tally, cancellationToken) is { } trouble
            ? await TroubleAsync(trouble)
            : await SettleAsync(tally, stretch.End, _backfillReachedAt);
    }

    private async Task<Stretch> ReadStretchAsync(StreamTally tally, CancellationToken cancellationToken)
    {
        var (events, end, batchCount) = (new List<StreamedEvent>(), _position, 0);
        var firstReceivedAt = default(Instant);
        while (events.Count < receiver.MaximumEvents && batchCount < BatchesPerStretch)
        {
            // What is read beyond a request is read again for the next one, so as many batches are asked for as fill it.
            var wanted = Math.Clamp((receiver.MaximumEvents - events.Count) / Math.Max(1, _eventsPerBatch), 1, MostBatchesPerRead);
            var batches = await store.LoggedAfterAsync(end, wanted, cancellationToken);
            foreach (var (position, batch) in batches)
            {
                if (position.Value > end.Value + 1)
                {
                    Lose(tally, position.Value - end.Value - 1);
                }

                for (var index = 0; index < batch.Events.Count; index++)
                {
                    if (mapper.Map(batch.Events[index], string.Create(CultureInfo.InvariantCulture, $"{position.Value}/{index}"), tally) is { } streamed)
                    {
                        firstReceivedAt = events.Count == 0 ? batch.ReceivedAt : firstReceivedAt;
                        events.Add(streamed);
                    }
                }

                (end, batchCount, _eventsPerBatch) = (position, batchCount + 1, batch.Events.Count);
                if (events.Count >= receiver.MaximumEvents)
                {
                    break;
                }
            }

            if (batches.Count == 0)
            {
                break;
            }
        }

        return new Stretch(events, end, firstReceivedAt);
    }

    private void Lose(StreamTally tally, long batchCount)
    {
        tally.LostBatches += batchCount;
        tally.Losses.Add(new StreamRecordRow
        {
            StreamId = row.Id,
            At = time.GetCurrentInstant(),
            EventId = string.Empty,
            Event = batchCount.ToString(CultureInfo.InvariantCulture),
            DistinctId = string.Empty,
            Reason = StreamLoss.Gone,
            Detail = "The log let go of these batches before they could be sent.",
        });
    }

    /// <summary>Nothing of the stretch is sent: the cursor moves on, and is written down now and then.</summary>
    private async Task<Turn> PassAsync(LogPosition end, StreamTally tally)
    {
        _position = end;
        lags.Advance(row.Id, end);
        _passed.Anonymous += tally.Anonymous;
        _passed.Incomplete += tally.Incomplete;
        _passed.LostBatches += tally.LostBatches;
        _passed.Losses.AddRange(tally.Losses);
        return time.GetCurrentInstant() - _savedAt < SaveInterval && _passed.LostBatches == 0 ? new Turn(TurnKind.Continue) : await SettleAsync(new StreamTally(), end, _backfillReachedAt);
    }

    private async Task<Turn> SettleAsync(StreamTally tally, LogPosition end, Instant? backfillReachedAt)
    {
        tally.Anonymous += _passed.Anonymous;
        tally.Incomplete += _passed.Incomplete;
        tally.LostBatches += _passed.LostBatches;
        tally.Losses.InsertRange(0, _passed.Losses);
        if (!await table.SettleAsync(tally, end.Value, backfillReachedAt, Duration.FromTimeSpan(options.AuditRetention)))
        {
            return new Turn(TurnKind.Ended);
        }

        (_passed, _position, _backfillReachedAt, _savedAt) = (new StreamTally(), end, backfillReachedAt, time.GetCurrentInstant());
        lags.Advance(row.Id, end);
        if (tally.LastSentAt is not null)
        {
            (_failingSince, _failureCount) = (null, 0);
        }

        if (tally.Sent > 0 || tally.Losses.Count > 0)
        {
            _sender.MostRefusals = options.RefusalsBeforePause;
        }

        return new Turn(TurnKind.Continue);
    }

    /// <summary>Writes down what stands in the way. What was refused for good, or for a day, is shown as halted and tried more seldom.</summary>
    private async Task<Turn> TroubleAsync(DestinationAnswer answer)
    {
        var now = time.GetCurrentInstant();
        _failingSince ??= now;
        _failureCount++;
        var (state, wait, advice) = answer switch
        {
            TryAgain when now - _failingSince >= Duration.FromTimeSpan(options.StreamPatience) => (StreamState.Halted, Duration.FromTimeSpan(options.HaltedInterval), SyncAdvice.Wait),
            TryAgain again => (StreamState.Active, again.After ?? Duration.FromTimeSpan(options.DelayAfter(row.Id, _failureCount)), SyncAdvice.Wait),
            Stopped stopped => (StreamState.Halted, Duration.FromTimeSpan(options.HaltedInterval), stopped.Advice),
            _ => throw new InvalidOperationException($"{answer.GetType().Name} stands in nobody's way."),
        };
        await table.NoteAsync(state, now + wait, answer.Detail, advice);
        return new Turn(TurnKind.Trouble, now + wait);
    }

    /// <summary>A piece of the log.</summary>
    /// <param name="Events">What is sent of it.</param>
    /// <param name="End">Its last batch.</param>
    /// <param name="FirstReceivedAt">When the first of the events came.</param>
    private sealed record Stretch(List<StreamedEvent> Events, LogPosition End, Instant FirstReceivedAt);
}
