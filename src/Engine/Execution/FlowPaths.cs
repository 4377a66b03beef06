using System.Runtime.InteropServices;

namespace Rondo.Engine.Execution;

/// <summary>How often each whole path was taken. Combining is commutative.</summary>
internal sealed class FlowPaths
{
    private readonly Dictionary<int[], long> _counts = new(PathComparer.Instance);
    private readonly Dictionary<int[], long>.AlternateLookup<ReadOnlySpan<int>> _byPath;

    public FlowPaths() => _byPath = _counts.GetAlternateLookup<ReadOnlySpan<int>>();

    public IEnumerable<KeyValuePair<int[], long>> Counts => _counts;

    /// <summary>Allocates only for a path not seen before.</summary>
    public void Add(ReadOnlySpan<int> path) => CollectionsMarshal.GetValueRefOrAddDefault(_byPath, path, out _)++;

    public void Combine(FlowPaths other)
    {
        foreach (var (path, count) in other._counts)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, path, out _) += count;
        }
    }

    private sealed class PathComparer : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
    {
        public static PathComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<int> alternate, int[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<int> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(MemoryMarshal.AsBytes(alternate));
            return hash.ToHashCode();
        }

        public int[] Create(ReadOnlySpan<int> alternate) => alternate.ToArray();
    }
}
