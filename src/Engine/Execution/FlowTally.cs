using System.Runtime.InteropServices;
using Rondo.Engine.Execution.Kernels;

namespace Rondo.Engine.Execution;

/// <summary>What a thread has counted of one segment of a flow. Combining is commutative.</summary>
/// <param name="isNamed">Per column the nodes that are shown by name.</param>
internal sealed class FlowTally(bool[][] isNamed)
{
    /// <summary>Stands for all nodes of a column that are not shown by name.</summary>
    public const int Other = -4;

    public long Entered { get; private set; }

    public long Completed { get; private set; }

    /// <summary>By place and node.</summary>
    public Dictionary<(int Place, int Node), long> Nodes { get; } = [];

    /// <summary>From the one to the other.</summary>
    public Dictionary<((int Place, int Node) From, (int Place, int Node) To), long> Links { get; } = [];

    /// <param name="path">The nodes, by place.</param>
    /// <param name="isComplete">Whether every anchor was reached.</param>
    /// <param name="times">How often the path was taken.</param>
    public void Add(ReadOnlySpan<int> path, bool isComplete, long times)
    {
        Entered += times;
        Completed += isComplete ? times : 0;
        var previous = (Place: -1, Node: 0);
        for (var place = 0; place < path.Length; place++)
        {
            if (path[place] == FlowKernel.Absent)
            {
                continue;
            }

            var node = (place, Shown(isNamed, place, path[place]));
            CollectionsMarshal.GetValueRefOrAddDefault(Nodes, node, out _) += times;
            if (previous.Place >= 0)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(Links, (previous, node), out _) += times;
            }

            previous = node;
        }
    }

    /// <summary>The node, or "other" when it is not shown by name.</summary>
    public static int Shown(bool[][] isNamed, int place, int node) => node >= 0 && !isNamed[place][node] ? Other : node;

    public void Combine(FlowTally other)
    {
        Entered += other.Entered;
        Completed += other.Completed;
        foreach (var (node, count) in other.Nodes)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Nodes, node, out _) += count;
        }

        foreach (var (link, count) in other.Links)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Links, link, out _) += count;
        }
    }
}
