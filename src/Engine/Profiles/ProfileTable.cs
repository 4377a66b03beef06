using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.Engine.Profiles;

/// <summary>
/// The current profiles, one column per property. Written by one thread under the write lock; questions
/// read under the read lock.
/// </summary>
internal sealed class ProfileTable : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly Dictionary<string, ProfileColumn> _columns = new(StringComparer.Ordinal);
    private readonly HashSet<int> _dirty = [];
    private bool[] _exists = new bool[64];
    private long _version;

    /// <summary>Changes with every change of any profile.</summary>
    public long Version => Volatile.Read(ref _version);

    public void Apply(int person, ProfileUpdate update)
    {
        _lock.EnterWriteLock();
        try
        {
            var profile = ReadUnlocked(person) ?? new Dictionary<string, PropertyValue>(StringComparer.Ordinal);
            var before = profile.Keys.ToArray();
            var exists = ProfileOperations.Apply(profile, update);
            WriteUnlocked(person, before, profile, exists);
            _dirty.Add(person);
            _version++;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Puts back a profile from the catalogue, in place of one that a block held.</summary>
    public void Restore(int person, IReadOnlyDictionary<string, PropertyValue> profile)
    {
        _lock.EnterWriteLock();
        try
        {
            WriteUnlocked(person, ReadUnlocked(person)?.Keys.ToArray() ?? [], profile, exists: true);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Puts back the profiles of a block from the catalogue.</summary>
    /// <param name="first">The first person of the block.</param>
    /// <param name="block">Their profiles.</param>
    public void Restore(int first, ProfileBlock block)
    {
        _lock.EnterWriteLock();
        try
        {
            MakeRoom(first + ProfileBlock.Size - 1);
            foreach (var place in block.Persons)
            {
                _exists[first + place] = true;
            }

            foreach (var (property, values, codes) in block.Columns)
            {
                ColumnOf(property).Restore(first, block.Persons, values, codes, _exists.Length);
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>A copy of one profile; null when there is none.</summary>
    public IReadOnlyDictionary<string, PropertyValue>? Find(int person)
    {
        _lock.EnterReadLock();
        try
        {
            return ReadUnlocked(person);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Persons there is room for; numbers beyond have no profile.</summary>
    public int Capacity => _exists.Length;

    /// <summary>Which persons have a profile, below <paramref name="count"/> and up to the last one that has one.</summary>
    public bool[] Existing(int count)
    {
        _lock.EnterReadLock();
        try
        {
            return _exists.AsSpan(0, Math.Min(count, _exists.Length)).ToArray();
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>A property of persons 0 to <paramref name="count"/>, all at one moment.</summary>
    public PersonColumn<PropertyValue> Read(string property, int count)
    {
        _lock.EnterReadLock();
        try
        {
            return _columns.TryGetValue(property, out var column) ? column.Read(count) : PersonColumn<PropertyValue>.Of(count, PropertyValue.Null);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>The properties in use with the kinds of value they hold.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<PropertyKind> Kinds)> Properties()
    {
        _lock.EnterReadLock();
        try
        {
            return [.. _columns
                .Select(column => (column.Key, (IReadOnlyList<PropertyKind>)[.. column.Value.Kinds().Order()]))
                .Where(property => property.Item2.Count > 0)];
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>The profiles changed since the last call; null stands for a deleted one.</summary>
    public IReadOnlyList<(int Person, IReadOnlyDictionary<string, PropertyValue>? Profile)> TakeDirty()
    {
        _lock.EnterWriteLock();
        try
        {
            var changed = _dirty.Select(person => (person, (IReadOnlyDictionary<string, PropertyValue>?)ReadUnlocked(person))).ToArray();
            _dirty.Clear();
            return changed;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Gives back what <see cref="TakeDirty"/> took, when it could not be written.</summary>
    public void ReturnDirty(IEnumerable<int> persons)
    {
        _lock.EnterWriteLock();
        try
        {
            _dirty.UnionWith(persons);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    public void Dispose() => _lock.Dispose();

    private Dictionary<string, PropertyValue>? ReadUnlocked(int person)
    {
        if (person >= _exists.Length || !_exists[person])
        {
            return null;
        }

        var profile = new Dictionary<string, PropertyValue>(StringComparer.Ordinal);
        foreach (var (name, column) in _columns)
        {
            if (column[person] is { IsSet: true } value)
            {
                profile.Add(name, value);
            }
        }

        return profile;
    }

    private void WriteUnlocked(int person, string[] before, IReadOnlyDictionary<string, PropertyValue> profile, bool exists)
    {
        MakeRoom(person);
        _exists[person] = exists;
        foreach (var name in before)
        {
            _columns[name].Set(person, PropertyValue.Null, _exists.Length);
        }

        foreach (var (name, value) in profile)
        {
            ColumnOf(name).Set(person, value, _exists.Length);
        }
    }

    private void MakeRoom(int person)
    {
        if (person >= _exists.Length)
        {
            Array.Resize(ref _exists, Math.Max(person + 1, _exists.Length * 2));
        }
    }

    private ProfileColumn ColumnOf(string property)
    {
        if (!_columns.TryGetValue(property, out var column))
        {
            _columns.Add(property, column = new ProfileColumn());
        }

        return column;
    }

    private void WriteUnlocked(int person, string[] before, Dictionary<string, PropertyValue> profile, bool exists) =>
        WriteUnlocked(person, before, (IReadOnlyDictionary<string, PropertyValue>)profile, exists);
}
