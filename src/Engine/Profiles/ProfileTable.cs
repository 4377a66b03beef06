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

    /// <summary>Puts back a profile from the catalogue.</summary>
    public void Restore(int person, IReadOnlyDictionary<string, PropertyValue> profile)
    {
        _lock.EnterWriteLock();
        try
        {
            WriteUnlocked(person, [], profile, exists: true);
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
    public PersonColumn Read(string property, int count)
    {
        _lock.EnterReadLock();
        try
        {
            return _columns.TryGetValue(property, out var column) ? column.Read(count) : PersonColumn.Empty(count);
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
        if (person >= _exists.Length)
        {
            Array.Resize(ref _exists, Math.Max(person + 1, _exists.Length * 2));
        }

        _exists[person] = exists;
        foreach (var name in before)
        {
            _columns[name].Set(person, PropertyValue.Null, _exists.Length);
        }

        foreach (var (name, value) in profile)
        {
            if (!_columns.TryGetValue(name, out var column))
            {
                _columns.Add(name, column = new ProfileColumn());
            }

            column.Set(person, value, _exists.Length);
        }
    }

    private void WriteUnlocked(int person, string[] before, Dictionary<string, PropertyValue> profile, bool exists) =>
        WriteUnlocked(person, before, (IReadOnlyDictionary<string, PropertyValue>)profile, exists);
}
