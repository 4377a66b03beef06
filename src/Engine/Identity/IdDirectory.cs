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
    private ulong[] _hasEvents = new ulong[64];
    private int[] _canonical = new int[4096];
    private Merge[] _merges = new Merge[64];
    private int _mergeCount;
    private bool _isCanonicalShared;
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
            if (!HasEvents(number))
            {
                _hasEvents[number >> 6] |= 1UL << (number & 63);
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

            Note(new Merge(device, user));
        }
    }

    /// <summary>Puts back what the catalogue holds, in ascending order of numbers.</summary>
    public void Restore(int number, string distinctId, bool hasEvents)
    {
        lock (_gate)
        {
            Invariant.That(number == _ids.Count, "ids are restored in order and without gaps");
            NumberOfUnlocked(distinctId);
            if (hasEvents)
            {
                _hasEvents[number >> 6] |= 1UL << (number & 63);
            }
        }
    }

    /// <summary>Puts back a merge, in ascending order of their sequence.</summary>
    public void Restore(Merge merge)
    {
        lock (_gate)
        {
            Note(merge);
        }
    }

    /// <summary>A view that does not change; shared until something new is learnt.</summary>
    public IdSnapshot Snapshot()
    {
        lock (_gate)
        {
            _isCanonicalShared |= _snapshot is null;
            return _snapshot ??= new IdSnapshot(_canonical, _ids.Count, _hasEvents.AsSpan(0, (_ids.Count + 63) / 64).ToArray(), _merges, _mergeCount);
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
                ids.Add((number, _ids[number], HasEvents(number)));
            }

            var merges = new List<(int, Merge)>();
            for (var sequence = mergeCount; sequence < _mergeCount; sequence++)
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
            Grow(ref _canonical, number);
            Grow(ref _hasEvents, number >> 6);
            _canonical[number] = number;
            _snapshot = null;
        }

        return number;
    }

    private bool HasEvents(int number) => (_hasEvents[number >> 6] & (1UL << (number & 63))) != 0;

    private void Note(Merge merge)
    {
        if (_isCanonicalShared)
        {
            // A snapshot holds the array; new numbers may be added beyond what it sees, but nothing in it may change.
            _canonical = (int[])_canonical.Clone();
            _isCanonicalShared = false;
        }

        _canonical[merge.Device] = merge.User;
        Grow(ref _merges, _mergeCount);
        _merges[_mergeCount++] = merge;
        _snapshot = null;
    }

    private static void Grow<T>(ref T[] array, int index)
    {
        if (index >= array.Length)
        {
            Array.Resize(ref array, Math.Max(index + 1, array.Length * 2));
        }
    }
}

/// <summary>A device that became a user's.</summary>
internal readonly record struct Merge(int Device, int User);

/// <summary>Who is who at one moment. Immutable.</summary>
internal sealed class IdSnapshot(int[] canonical, int count, ulong[] hasEvents, Merge[] merges, int mergeCount)
{
    /// <summary>Per number, the number of the person it means. May be longer than <see cref="Count"/>.</summary>
    public int[] Canonical => canonical;

    /// <summary>How many numbers there are, nobody included.</summary>
    public int Count => count;

    /// <summary>How many merges there were.</summary>
    public int MergeCount => mergeCount;

    /// <summary>Merges from a sequence number on, in the order they happened.</summary>
    public ReadOnlySpan<Merge> MergesFrom(int sequence) => sequence >= mergeCount ? [] : merges.AsSpan(sequence, mergeCount - sequence);

    /// <summary>Whether an event was stored under a number.</summary>
    public bool HasEvents(int number) => (hasEvents[number >> 6] & (1UL << (number & 63))) != 0;
}
