using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Rondo.Engine.Catalog;

/// <summary>XxHash3 over the values of a row as SQLite keeps them. Frozen: it is compared with what was written long ago.</summary>
internal sealed class RowHash
{
    private readonly XxHash3 _hash = new();

    /// <param name="values">Whole numbers, texts, bytes, and nothing.</param>
    public long Of(ReadOnlySpan<object?> values)
    {
        Span<byte> head = stackalloc byte[9];
        foreach (var value in values)
        {
            switch (value)
            {
                case long number:
                    Append(head, 1, number);
                    break;
                case string text:
                    var utf8 = Encoding.UTF8.GetBytes(text);
                    Append(head, 2, utf8.Length);
                    _hash.Append(utf8);
                    break;
                case byte[] bytes:
                    Append(head, 3, bytes.Length);
                    _hash.Append(bytes);
                    break;
                default:
                    Append(head, 0, 0);
                    break;
            }
        }

        var hash = _hash.GetCurrentHashAsUInt64();
        _hash.Reset();
        return unchecked((long)hash);
    }

    private void Append(Span<byte> head, byte kind, long value)
    {
        head[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], value);
        _hash.Append(head);
    }
}
