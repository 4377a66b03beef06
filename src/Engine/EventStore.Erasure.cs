using System.Collections.Frozen;
using NodaTime;
using Rondo.Engine.Catalog;
using Rondo.Engine.Identity;
using Rondo.Engine.Log;
using Rondo.Engine.Parts;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Engine;

/// <content>Taking things out: persons who ask for it, and events that are too old.</content>
public sealed partial class EventStore
{
    /// <inheritdoc/>
    public async Task<Erasure> EraseAsync(IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken)
    {
        try
        {
            return await _sealer.EraseAsync(distinctIds, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotWriteParts(exception);
        }
    }

    /// <inheritdoc/>
    public int? RetentionDays => Volatile.Read(ref _retentionDays) is var days and > 0 ? days : null;

    /// <inheritdoc/>
    public long DropCount => Interlocked.Read(ref _dropCount);

    /// <inheritdoc/>
    public async Task SetRetentionAsync(int? days, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days ?? 1, 1, nameof(days));
        try
        {
            await _sealer.SetRetentionAsync(days, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotWriteParts(exception);
        }
    }

    private StoreUnavailableException CannotWriteParts(Exception exception) =>
        new($"The event store in {_directory} cannot write parts ({exception.Message}). Free disk space or check the disk, then send the request again.", exception);

    /// <summary>The numbers of all ids of persons' clusters.</summary>
    private FrozenSet<int> NumbersOf(IdSnapshot ids, IReadOnlyCollection<string> distinctIds)
    {
        var persons = distinctIds.Select(_ids.FindPerson).OfType<int>().ToHashSet();
        return Enumerable.Range(1, ids.Count - 1).Where(number => persons.Contains(ids.Canonical[number])).ToFrozenSet();
    }

    /// <summary>Reads all that an erasure will have to write anew: once begun it must go through, or nothing would be sealed any more.</summary>
    /// <exception cref="StoreDamagedException">Something cannot be read; nobody was forgotten.</exception>
    private void RequireErasable(IReadOnlyCollection<string> distinctIds)
    {
        var ids = _ids.Snapshot();
        var removal = Removal.Nothing with { Numbers = NumbersOf(ids, distinctIds) };
        foreach (var part in _parts.Where(removal.Concerns))
        {
            foreach (var entry in part.Runs.Where(run => !run.IsSparse))
            {
                _ = part.Open(entry.EventName)!.PropertyNames.Count;
            }
        }
    }

    /// <summary>
    /// Takes the head away from writers, as for a sealing, and forgets the persons at the same instant: whatever is accepted
    /// from here on under one of their ids is a new person's, also when it is replayed.
    /// </summary>
    private SealUnit? BeginErasing(long firstArrival, IReadOnlyCollection<string> distinctIds)
    {
        lock (_gate)
        {
            var before = _ids.Snapshot();
            var numbers = NumbersOf(before, distinctIds);
            if (numbers.Count == 0)
            {
                return null;
            }

            var texts = _ids.IdsOf(numbers).ToFrozenSet(StringComparer.Ordinal);
            var runs = _head.RunsNow(before);
            foreach (var number in numbers)
            {
                _profiles.Apply(number, new ProfileUpdate { DistinctId = string.Empty, Operator = ProfileOperator.Delete, Properties = [], Time = Instant.MinValue });
            }

            _ids.Forget(numbers);
            var unit = new SealUnit(_head, runs, _applied, _nextArrival, firstArrival, _ids.Snapshot(), _eventNames.Snapshot().Names, _profiles.TakeDirty())
            {
                Removal = new Removal(numbers, long.MinValue),
                ForgottenIds = texts,
            };
            _sealing = _sealing.Add(_head);
            _head = new Head.EventHead();
            return unit;
        }
    }

    /// <summary>The batches in the log that speak of some ids, without them. Reads a connection of its own, so nobody waits.</summary>
    private List<(LogPosition Position, byte[] Payload)> BatchesWithout(FrozenSet<string> ids, LogPosition upTo)
    {
        using var connection = StoreDatabase.Connect(_options.Disk, _directory, readOnly: true);
        return [.. DurableLog.ReadAll(connection, default)
            .TakeWhile(logged => logged.Position.Value <= upTo.Value)
            .Select(logged => (logged.Position, Batch: BatchErasure.Without(logged.Batch, ids)))
            .Where(logged => logged.Batch is not null)
            .Select(logged => (logged.Position, BatchCodec.Encode(logged.Batch!)))];
    }

    /// <summary>The first millisecond that is kept; null when everything is. Whole days, so that a day is dropped once.</summary>
    private long? EarliestKept() => RetentionDays is { } days
        ? new DateTimeOffset(_time.GetUtcNow().UtcDateTime.Date.AddDays(-days), TimeSpan.Zero).ToUnixTimeMilliseconds()
        : null;
}
