using System.Collections.Concurrent;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Streaming;

/// <summary>
/// What waits to be sent, counted when somebody asks and remembered, so that asking again costs only what has come since.
/// Thread-safe.
/// </summary>
internal sealed class StreamLags
{
    private const int BatchesPerRead = 16;
    private const int EventsPerQuestion = 50_000;
    private const int MostRemembered = 100_000;

    private readonly ConcurrentDictionary<int, Waiting> _streams = [];

    /// <summary>Everything up to here is dealt with.</summary>
    public void Advance(int stream, LogPosition position) => _streams.GetOrAdd(stream, _ => new Waiting()).Advance(position);

    /// <summary>Forgets a stream, or what was counted of another choice.</summary>
    public void Forget(int stream) => _streams.TryRemove(stream, out _);

    /// <summary>What waits after a position that is at least dealt with.</summary>
    public async Task<StreamLag> OfAsync(int stream, LogPosition settled, EventSelection selection, IEventStore store, Instant now, CancellationToken cancellationToken)
    {
        var waiting = _streams.GetOrAdd(stream, _ => new Waiting());
        waiting.Advance(settled);
        await waiting.Turn.WaitAsync(cancellationToken);
        try
        {
            var seen = 0;
            while (seen < EventsPerQuestion && waiting.Remembered < MostRemembered)
            {
                var from = waiting.CountedTo;
                var batches = await store.LoggedAfterAsync(from, BatchesPerRead, cancellationToken);
                if (batches.Count == 0)
                {
                    return waiting.Lag(now, isAtLeast: false);
                }

                foreach (var (position, batch) in batches)
                {
                    waiting.Count(position, batch.ReceivedAt, batch.Events.Count(tracked => selection.Includes(tracked.Name)));
                    seen += batch.Events.Count;
                }
            }

            return waiting.Lag(now, isAtLeast: true);
        }
        finally
        {
            waiting.Turn.Release();
        }
    }

    private sealed class Waiting
    {
        private readonly Lock _gate = new();
        private readonly Queue<(LogPosition Position, Instant ReceivedAt, int Events)> _batches = new();
        private LogPosition _done;
        private LogPosition _countedTo;
        private long _events;

        /// <summary>One counts at a time.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Remembered
        {
            get
            {
                lock (_gate)
                {
                    return _batches.Count;
                }
            }
        }

        public LogPosition CountedTo
        {
            get
            {
                lock (_gate)
                {
                    return _countedTo;
                }
            }
        }

        public void Advance(LogPosition position)
        {
            lock (_gate)
            {
                if (position.CompareTo(_done) <= 0)
                {
                    return;
                }

                _done = position;
                while (_batches.TryPeek(out var first) && first.Position.CompareTo(position) <= 0)
                {
                    _events -= _batches.Dequeue().Events;
                }

                _countedTo = _countedTo.CompareTo(position) < 0 ? position : _countedTo;
            }
        }

        public void Count(LogPosition position, Instant receivedAt, int events)
        {
            lock (_gate)
            {
                // It may have been sent while it was read.
                if (position.CompareTo(_countedTo) <= 0)
                {
                    return;
                }

                _countedTo = position;
                if (events > 0)
                {
                    _batches.Enqueue((position, receivedAt, events));
                    _events += events;
                }
            }
        }

        public StreamLag Lag(Instant now, bool isAtLeast)
        {
            lock (_gate)
            {
                return new StreamLag(_events, isAtLeast, _batches.TryPeek(out var first) ? Duration.Max(Duration.Zero, now - first.ReceivedAt) : Duration.Zero);
            }
        }
    }
}
