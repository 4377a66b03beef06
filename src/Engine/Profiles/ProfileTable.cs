using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.Engine.Profiles;

/// <summary>
/// The current profiles, one array per property, indexed by person. Written by one thread under the write lock; questions
/// read under the read lock.
/// </summary>
internal sealed class ProfileTable : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly Dictionary<string, PropertyValue[]> _columns = new(StringComparer.Ordinal);
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

    /// <summary>Calls <paramref name="visit"/> for persons 0 to <paramref name="count"/> with the value of a property, all at one moment.</summary>
    public void Visit(string property, int count, Action<int, PropertyValue> visit)
    {
        _lock.EnterReadLock();
        try
        {
            _columns.TryGetValue(property, out var column);
            for (var person = 0; person < count; person++)
            {
                visit(person, column is not null && person < column.Length ? column[person] : PropertyValue.Null);
            }
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
                .Select(column => (column.Key, (IReadOnlyList<PropertyKind>)[.. column.Value.Where(value => value.IsSet).Select(value => value.Kind).Distinct().Order()]))
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
            if (person < column.Length && column[person].IsSet)
            {
                profile.Add(name, column[person]);
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
            _columns[name][person] = PropertyValue.Null;
        }

        foreach (var (name, value) in profile)
        {
            if (!_columns.TryGetValue(name, out var column) || person >= column.Length)
            {
                Array.Resize(ref column, Math.Max(person + 1, _exists.Length));
                _columns[name] = column;
            }

            column[person] = value;
        }
    }

    private void WriteUnlocked(int person, string[] before, Dictionary<string, PropertyValue> profile, bool exists) =>
        WriteUnlocked(person, before, (IReadOnlyDictionary<string, PropertyValue>)profile, exists);
}
