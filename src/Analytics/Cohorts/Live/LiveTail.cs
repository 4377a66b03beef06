using System.Threading.Channels;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>Follows a project's log and says, batch by batch, who was touched by what. One reader.</summary>
internal sealed class LiveTail : IAsyncDisposable
{
    /// <summary>Batches read ahead while persons are looked at.</summary>
    private const int MostAhead = 4096;

    private readonly Channel<LoggedBatch> _batches = Channel.CreateBounded<LoggedBatch>(new BoundedChannelOptions(MostAhead) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly IEventStore _store;
    private readonly Task _reading;

    /// <summary>Persons known to have an event or a profile, as far as the log was followed.</summary>
    private readonly PersonBits _known;

    /// <param name="store">Whose log.</param>
    /// <param name="everyone">Everyone at <paramref name="after"/> or later.</param>
    /// <param name="after">Where to begin.</param>
    public LiveTail(IEventStore store, IEnumerable<PersonNumber> everyone, LogPosition after)
    {
        (_store, Position) = (store, after);
        _known = new PersonBits(everyone);
        _reading = Task.Run(() => ReadAsync(after));
    }

    /// <summary>The last batch taken.</summary>
    public LogPosition Position { get; private set; }

    /// <summary>Completes when there is a batch to take.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (!await _batches.Reader.WaitToReadAsync(cancellationToken))
        {
            await _reading;
        }
    }

    /// <summary>Takes the batches that are there, up to about so many persons.</summary>
    /// <returns>When the earliest of them was received; null when there was none.</returns>
    public Instant? Take(LivePlan plan, Work work, int mostPersons)
    {
        Instant? earliest = null;
        while (work.Persons.Count < mostPersons && _batches.Reader.TryRead(out var logged))
        {
            earliest = earliest is { } already && already < logged.Batch.ReceivedAt ? already : logged.Batch.ReceivedAt;
            Take(logged, plan, work);
        }

        return earliest;
    }

    /// <summary>Takes every batch up to a position, waiting for those that are on their way.</summary>
    public async Task TakeUntilAsync(LogPosition position, LivePlan plan, Work work, CancellationToken cancellationToken)
    {
        while (Position.CompareTo(position) < 0)
        {
            await WaitAsync(cancellationToken);
            while (Position.CompareTo(position) < 0 && _batches.Reader.TryRead(out var logged))
            {
                Take(logged, plan, work);
            }
        }
    }

    /// <summary>Notes that persons are no more.</summary>
    public void Forget(IEnumerable<PersonNumber> persons)
    {
        foreach (var person in persons)
        {
            _known.Remove(person);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task ReadAsync(LogPosition after)
    {
        try
        {
            await foreach (var logged in _store.ReadLogAsync(after, _stopping.Token))
            {
                await _batches.Writer.WriteAsync(logged, _stopping.Token);
            }
        }
        catch (Exception exception)
        {
            // Whoever waits for a batch hears of it.
            _batches.Writer.TryComplete(exception);
            throw;
        }
    }

    private void Take(LoggedBatch logged, LivePlan plan, Work work)
    {
        foreach (var tracked in logged.Batch.Events)
        {
            Take(tracked, plan, work);
        }

        foreach (var update in logged.Batch.ProfileUpdates)
        {
            Take(update, plan, work);
        }

        Position = logged.Position;
    }

    private void Take(TrackedEvent tracked, LivePlan plan, Work work)
    {
        if (tracked.DistinctId.Length == 0 || _store.FindPerson(tracked.DistinctId) is not { } person)
        {
            // Nobody's, or of somebody erased since.
            return;
        }

        if (tracked.DeviceId is { Length: > 0 } device && tracked.UserId is { Length: > 0 } && _store.FindNumber(DeviceIds.DistinctIdOf(device)) is { } number
            && _store.FindPerson(DeviceIds.DistinctIdOf(device)) is { } owner && number != owner && _known.Remove(number))
        {
            // A device that was somebody became a user: it leaves everything, and all that it did is the user's from now on.
            work.AddForAll(number);
            work.AddForAll(owner);
            work.Merged.Add((number, owner));
            _known.Add(owner);
        }

        if (_known.Add(person))
        {
            // Somebody new belongs to whatever asks for what was not done.
            work.AddForAll(person);
        }
        else
        {
            work.Add(person, plan.OfEvent(tracked.Name));
        }
    }

    private void Take(ProfileUpdate update, LivePlan plan, Work work)
    {
        if ((update.IgnoreAlias ? _store.FindNumber(update.DistinctId) : _store.FindPerson(update.DistinctId)) is not { } person)
        {
            return;
        }

        if (update.Operator == ProfileOperator.Delete)
        {
            // Without events nobody is left; whether there are any is looked up.
            _known.Remove(person);
            work.AddForAll(person);
        }
        else if (_known.Add(person))
        {
            work.AddForAll(person);
        }
        else
        {
            foreach (var (name, _) in update.Properties)
            {
                work.Add(person, plan.OfProfile(name));
            }

            work.Add(person, plan.OfProfile(ProfileOperations.LastSeen));
        }
    }
}

/// <summary>A set of persons, one bit each, that changes.</summary>
internal sealed class PersonBits
{
    private ulong[] _words = [];

    public PersonBits(IEnumerable<PersonNumber> persons)
    {
        foreach (var person in persons)
        {
            Add(person);
        }
    }

    /// <summary>Whether the person was not in it before.</summary>
    public bool Add(PersonNumber person)
    {
        if (person.Value >> 6 >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max((person.Value >> 6) + 1, _words.Length * 2));
        }

        ref var word = ref _words[person.Value >> 6];
        var before = word;
        word |= 1UL << (person.Value & 63);
        return word != before;
    }

    /// <summary>Whether the person was in it.</summary>
    public bool Remove(PersonNumber person)
    {
        if (!Contains(person))
        {
            return false;
        }

        _words[person.Value >> 6] &= ~(1UL << (person.Value & 63));
        return true;
    }

    public bool Contains(PersonNumber person) => person.Value >> 6 < _words.Length && (_words[person.Value >> 6] & (1UL << (person.Value & 63))) != 0;

    /// <summary>The first so many, ascending.</summary>
    public IEnumerable<PersonNumber> First(int most)
    {
        for (var place = 0; place < _words.Length && most > 0; place++)
        {
            for (var word = _words[place]; word != 0 && most > 0; word &= word - 1, most--)
            {
                yield return new PersonNumber((place << 6) + System.Numerics.BitOperations.TrailingZeroCount(word));
            }
        }
    }
}
