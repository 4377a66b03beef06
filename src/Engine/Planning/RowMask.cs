using System.Numerics;
using System.Runtime.InteropServices;

namespace Rondo.Engine.Planning;

/// <summary>One bit per row of a run: whether a filter lets it through.</summary>
internal sealed class RowMask(int rowCount)
{
    /// <summary>One word more than needed where the last is full: the end of the rows is a place, too.</summary>
    private readonly ulong[] _words = new ulong[(rowCount >> 6) + 1];

    public int RowCount => rowCount;

    /// <summary>The bits, 64 rows a word, the first row lowest. Bits beyond the last row mean nothing.</summary>
    public Span<ulong> Words => _words;

    public bool this[int row]
    {
        get => (_words[row >> 6] & (1UL << (row & 63))) != 0;
        set
        {
            if (value)
            {
                _words[row >> 6] |= 1UL << (row & 63);
            }
            else
            {
                _words[row >> 6] &= ~(1UL << (row & 63));
            }
        }
    }

    /// <summary>Lets neighbouring rows through.</summary>
    public void Set(int firstRow, int endRow)
    {
        for (var row = firstRow; row < endRow;)
        {
            var end = Math.Min(endRow, (row | 63) + 1);
            _words[row >> 6] |= ulong.MaxValue >> (64 - (end - row)) << (row & 63);
            row = end;
        }
    }

    /// <summary>A mask of its own that lets the same rows through.</summary>
    public RowMask Copy() => new RowMask(rowCount).Or(this);

    public RowMask And(RowMask other) => Combine(other, static (left, right) => left & right);

    public RowMask Or(RowMask other) => Combine(other, static (left, right) => left | right);

    public RowMask Not()
    {
        for (var word = 0; word < _words.Length; word++)
        {
            _words[word] = ~_words[word];
        }

        return this;
    }

    /// <summary>Changes this mask in place and returns it.</summary>
    private RowMask Combine(RowMask other, Func<Vector<ulong>, Vector<ulong>, Vector<ulong>> combine)
    {
        var left = MemoryMarshal.Cast<ulong, Vector<ulong>>(_words.AsSpan());
        var right = MemoryMarshal.Cast<ulong, Vector<ulong>>(other._words.AsSpan());
        for (var index = 0; index < left.Length; index++)
        {
            left[index] = combine(left[index], right[index]);
        }

        for (var word = left.Length * Vector<ulong>.Count; word < _words.Length; word++)
        {
            _words[word] = combine(new Vector<ulong>(_words[word]), new Vector<ulong>(other._words[word]))[0];
        }

        return this;
    }
}
