using System.Text;
using Rondo.Engine.Disk;
using Rondo.Model.Events;

namespace Rondo.Engine.Identity;

/// <summary>
/// Gives every id a number and knows which device belongs to which user. Written by one thread; read by any, through
/// <see cref="Snapshot"/> or under the lock.
/// </summary>
/// <remarks>Number 0 is nobody: the empty id. A device is merged once and for good; a user is never merged (Mixpanel reference, 2.1).</remarks>
internal sealed class IdDirectory : IDisposable
{
    /// <summary>The number of the empty id.</summary>
    public const int Nobody = 0;

    private readonly Lock _gate = new();
    private Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [string.Empty] = Nobody };

    /// <summary>The ids that are not in the file.</summary>
    private List<string> _ids = [string.Empty];
    private IdFile? _file;

    /// <summary>Numbers in the file whose ids were forgotten since it was written.</summary>
    private readonly HashSet<int> _forgotten = [];
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
            return FindUnlocked(distinctId);
        }
    }

    /// <summary>The person that an id means.</summary>
    public int? FindPerson(string distinctId)
    {
        lock (_gate)
        {
            return FindUnlocked(distinctId) is { } number and not Nobody ? _canonical[number] : null;
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

    /// <summary>
    /// Makes ids unknown: their numbers mean nobody from now on, and an id that is seen again gets a new one. The count
    /// changes, so that a file written now has a name of its own.
    /// </summary>
    public void Forget(IEnumerable<int> numbers)
    {
        lock (_gate)
        {
            foreach (var number in numbers)
            {
                if (number < FileCount)
                {
                    _forgotten.Add(number);
                }
                else
                {
                    _numbers.Remove(_ids[number - FileCount]);
                    _ids[number - FileCount] = string.Empty;
                }

                _hasEvents[number >> 6] &= ~(1UL << (number & 63));
            }

            AddUnlocked(string.Empty);
        }
    }

    /// <summary>Begins with what a file holds; before anything else is put back.</summary>
    public void Restore(IdFile file)
    {
        lock (_gate)
        {
            _file = file;
            (_numbers, _ids) = (new Dictionary<string, int>(StringComparer.Ordinal), []);
            _canonical = new int[file.Count + (file.Count / 4) + 64];
            for (var number = 0; number < file.Count; number++)
            {
                _canonical[number] = number;
            }

            _hasEvents = new ulong[(_canonical.Length + 63) / 64];
            file.HasEvents.CopyTo(_hasEvents);
            foreach (var merge in file.Merges)
            {
                Note(merge);
            }
        }
    }

    /// <summary>Writes the ids and merges of a snapshot as a file.</summary>
    public void Write(IDisk disk, string path, IdSnapshot ids) => IdFile.Write(disk, path, ids.Count, Utf8Of, ids.EventWords, ids.MergesFrom(0));

    /// <summary>Reads the ids that a file holds from there instead of from memory.</summary>
    public void MoveTo(IdFile file)
    {
        lock (_gate)
        {
            var kept = Enumerable.Range(file.Count, Count - file.Count).Select(TextOf).ToList();
            var old = _file;
            (_file, _ids) = (file, kept);
            _numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            _forgotten.Clear();
            for (var index = 0; index < kept.Count; index++)
            {
                // A forgotten id has a number and no text.
                if (kept[index].Length > 0)
                {
                    _numbers.Add(kept[index], file.Count + index);
                }
            }

            old?.Dispose();
        }
    }

    /// <summary>Lets go of the file.</summary>
    public void Dispose() => _file?.Dispose();

    /// <summary>Puts back what the catalogue holds beyond the file, in ascending order of numbers.</summary>
    public void Restore(int number, string distinctId, bool hasEvents)
    {
        lock (_gate)
        {
            Invariant.That(number == Count, "ids are restored in order and without gaps");
            AddUnlocked(distinctId);
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
            return _snapshot ??= new IdSnapshot(_canonical, Count, _hasEvents.AsSpan(0, (Count + 63) / 64).ToArray(), _merges, _mergeCount);
        }
    }

    /// <summary>The ids of numbers; a number never given out gives the empty id.</summary>
    public IReadOnlyList<string> IdsOf(IEnumerable<int> numbers)
    {
        lock (_gate)
        {
            return [.. numbers.Select(number => number >= 0 && number < Count ? TextOf(number) : string.Empty)];
        }
    }

    /// <summary>The id of a number that was given out.</summary>
    public string IdOf(int number)
    {
        lock (_gate)
        {
            return TextOf(number);
        }
    }

    /// <summary>All ids and merges from given counts on, for the catalogue.</summary>
    public (List<(int Number, string Id, bool HasEvents)> Ids, List<(int Sequence, Merge Merge)> Merges) Since(int idCount, int mergeCount)
    {
        lock (_gate)
        {
            var ids = new List<(int, string, bool)>(Count - idCount);
            for (var number = idCount; number < Count; number++)
            {
                ids.Add((number, TextOf(number), HasEvents(number)));
            }

            var merges = new List<(int, Merge)>();
            for (var sequence = mergeCount; sequence < _mergeCount; sequence++)
            {
                merges.Add((sequence, _merges[sequence]));
            }

            return (ids, merges);
        }
    }

    private ReadOnlyMemory<byte> Utf8Of(int number)
    {
        lock (_gate)
        {
            return number < FileCount && !_forgotten.Contains(number) ? _file!.Utf8Of(number) : Encoding.UTF8.GetBytes(TextOf(number));
        }
    }

    private int NumberOfUnlocked(string distinctId) => FindUnlocked(distinctId) ?? AddUnlocked(distinctId);

    /// <param name="distinctId">A new id, or nothing for a number without one.</param>
    private int AddUnlocked(string distinctId)
    {
        var number = Count;
        if (distinctId.Length > 0)
        {
            _numbers.Add(distinctId, number);
        }

        _ids.Add(distinctId);
        Grow(ref _canonical, number);
        Grow(ref _hasEvents, number >> 6);
        _canonical[number] = number;
        _snapshot = null;
        return number;
    }

    /// <summary>How many numbers were given out, nobody's included.</summary>
    private int Count => FileCount + _ids.Count;

    /// <summary>How many of them are in the file.</summary>
    private int FileCount => _file?.Count ?? 0;

    private int? FindUnlocked(string distinctId)
    {
        if (_numbers.TryGetValue(distinctId, out var number))
        {
            return number;
        }

        if (_file is null || distinctId.Length == 0)
        {
            return distinctId.Length == 0 ? Nobody : null;
        }

        var longest = Encoding.UTF8.GetMaxByteCount(distinctId.Length);
        Span<byte> bytes = longest <= 512 ? stackalloc byte[512] : new byte[longest];
        return _file.Find(bytes[..Encoding.UTF8.GetBytes(distinctId, bytes)]) is var found and not 0 && !_forgotten.Contains(found) ? found : null;
    }

    private string TextOf(int number) =>
        number >= FileCount ? _ids[number - FileCount] : _forgotten.Contains(number) ? string.Empty : _file!.TextOf(number);

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

    /// <summary>Whether events were stored, 64 numbers a word.</summary>
    public ReadOnlySpan<ulong> EventWords => hasEvents;

    /// <summary>Whether an event was stored under a number.</summary>
    public bool HasEvents(int number) => (hasEvents[number >> 6] & (1UL << (number & 63))) != 0;
}
