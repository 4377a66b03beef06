using Rondo.Model.Events;

namespace Rondo.Engine.Identity;

/// <summary>
/// Gives every id a number and knows which device belongs to which user. Written by one thread; read by any, through
/// <see cref="Snapshot"/> or under the lock.
/// </summary>
/// <remarks>Number 0 is nobody: the empty id. A device is merged once and for good; a user is never merged (Mixpanel reference, 2.1).</remarks>
internal sealed class IdDirectory
{
    /// <summary>The number of the empty id.</summary>
    public const int Nobody = 0;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [string.Empty] = Nobody };
    private readonly List<string> _ids = [string.Empty];
    private readonly List<bool> _hasEvents = [false];
    private readonly List<int> _canonical = [Nobody];
    private readonly List<Merge> _merges = [];
    private IdSnapshot? _snapshot;

    /// <summary>The number of an id, given out now when it is new.</summary>
    public int NumberOf(string distinctId)
    {
        lock (_gate)
        {
            return NumberOfUnlocked(distinctId);
        }
    }

    /// <summary>The number of an id, or null when it was never seen.</summary>
    public int? Find(string distinctId)
    {
        lock (_gate)
        {
            return _numbers.TryGetValue(distinctId, out var number) ? number : null;
        }
    }

    /// <summary>The person that an id means.</summary>
    public int? FindPerson(string distinctId)
    {
        lock (_gate)
        {
            return _numbers.TryGetValue(distinctId, out var number) && number != Nobody ? _canonical[number] : null;
        }
    }

    /// <summary>Notes that an id has an event.</summary>
    public void MarkEvent(int number)
    {
        lock (_gate)
        {
            if (!_hasEvents[number])
            {
                _hasEvents[number] = true;
                _snapshot = null;
            }
        }
    }

    /// <summary>The first event that names a device and a user makes the device the user's, for the past and the future.</summary>
    public void Merge(string deviceId, string userId)
    {
        lock (_gate)
        {
            var device = NumberOfUnlocked(DeviceIds.DistinctIdOf(deviceId));
            var user = NumberOfUnlocked(userId);
            if (_canonical[device] != device || device == user || DeviceIds.IsDevice(userId))
            {
                return;
            }

            _canonical[device] = user;
            _merges.Add(new Merge(device, user));
            _snapshot = null;
        }
    }

    /// <summary>Puts back what the catalogue holds, in ascending order of numbers.</summary>
    public void Restore(int number, string distinctId, bool hasEvents)
    {
        lock (_gate)
        {
            Invariant.That(number == _ids.Count, "ids are restored in order and without gaps");
            _numbers.Add(distinctId, number);
            _ids.Add(distinctId);
            _hasEvents.Add(hasEvents);
            _canonical.Add(number);
        }
    }

    /// <summary>Puts back a merge, in ascending order of their sequence.</summary>
    public void Restore(Merge merge)
    {
        lock (_gate)
        {
            _canonical[merge.Device] = merge.User;
            _merges.Add(merge);
        }
    }

    /// <summary>A view that does not change; shared until something new is learnt.</summary>
    public IdSnapshot Snapshot()
    {
        lock (_gate)
        {
            return _snapshot ??= new IdSnapshot([.. _canonical], [.. _hasEvents], [.. _merges]);
        }
    }

    /// <summary>The ids of numbers; a number never given out gives the empty id.</summary>
    public IReadOnlyList<string> IdsOf(IEnumerable<int> numbers)
    {
        lock (_gate)
        {
            return [.. numbers.Select(number => number >= 0 && number < _ids.Count ? _ids[number] : string.Empty)];
        }
    }

    /// <summary>The id of a number that was given out.</summary>
    public string IdOf(int number)
    {
        lock (_gate)
        {
            return _ids[number];
        }
    }

    /// <summary>All ids and merges from given counts on, for the catalogue.</summary>
    public (List<(int Number, string Id, bool HasEvents)> Ids, List<(int Sequence, Merge Merge)> Merges) Since(int idCount, int mergeCount)
    {
        lock (_gate)
        {
            var ids = new List<(int, string, bool)>(_ids.Count - idCount);
            for (var number = idCount; number < _ids.Count; number++)
            {
                ids.Add((number, _ids[number], _hasEvents[number]));
            }

            var merges = new List<(int, Merge)>();
            for (var sequence = mergeCount; sequence < _merges.Count; sequence++)
            {
                merges.Add((sequence, _merges[sequence]));
            }

            return (ids, merges);
        }
    }

    private int NumberOfUnlocked(string distinctId)
    {
        if (!_numbers.TryGetValue(distinctId, out var number))
        {
            number = _ids.Count;
            _numbers.Add(distinctId, number);
            _ids.Add(distinctId);
            _hasEvents.Add(false);
            _canonical.Add(number);
            _snapshot = null;
        }

        return number;
    }
}

/// <summary>A device that became a user's.</summary>
internal readonly record struct Merge(int Device, int User);

/// <summary>Who is who at one moment. Immutable.</summary>
/// <param name="Canonical">Per number, the number of the person it means.</param>
/// <param name="HasEvents">Per number, whether an event was stored under it.</param>
/// <param name="Merges">All merges in the order they happened.</param>
internal sealed record IdSnapshot(int[] Canonical, bool[] HasEvents, Merge[] Merges)
{
    /// <summary>How many numbers there are, nobody included.</summary>
    public int Count => Canonical.Length;
}
