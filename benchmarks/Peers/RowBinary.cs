using System.Text;
using Rondo.Soaking;

namespace Rondo.Benchmarks.Peers;

/// <summary>Events in ClickHouse's RowBinary format.</summary>
internal static class RowBinary
{
    public static void Write(string file, IEnumerable<Act> acts)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        foreach (var act in acts)
        {
            writer.Write((uint)act.Person);
            writer.Write(act.Second);
            writer.Write(Listening.Names[act.Name]);
            writer.Write(Listening.Platforms[act.Platform]);
            writer.Write(Listening.Countries[act.Country]);
            writer.Write(Listening.Plans[act.Plan]);
            writer.Write(Listening.Genres[act.Genre]);
            writer.Write((ushort)act.Amount);
        }
    }
}
