using Rondo.Engine.Identity;
using Rondo.Engine.Parts;

namespace Rondo.Engine.Head;

/// <summary>
/// Brings rows into the order of a run (person, time, id, arrival) and leaves out events that were sent again: the last
/// arrival stands.
/// </summary>
internal sealed class RowOrder(RowKey[] rows, int rowCount, IdSnapshot ids)
{
    private const int DigitBits = 11;

    private readonly HashSet<(int Name, int Id, uint InsertKey)> _seen = [];
    private readonly HashSet<int> _sentAgain = [];

    /// <summary>The indices of the rows that stay, in order. O(rows), and O(n log n) for a person whose rows came out of order.</summary>
    public int[] Of()
    {
        var order = ByPerson(out var persons);
        var kept = 0;
        for (var start = 0; start < rowCount;)
        {
            var person = persons[order[start]];
            var end = start + 1;
            while (end < rowCount && persons[order[end]] == person)
            {
                end++;
            }

            var span = order.AsSpan(start, end - start);
            if (!IsAscending(span))
            {
                span.Sort(Compare);
            }

            kept = Keep(span, order, kept);
            start = end;
        }

        return order.AsSpan(0, kept).ToArray();
    }

    /// <summary>Radix sort by person; rows of one person stay in the order of arrival.</summary>
    private int[] ByPerson(out int[] persons)
    {
        persons = new int[rowCount];
        var greatest = 0;
        for (var index = 0; index < rowCount; index++)
        {
            persons[index] = ids.Canonical[rows[index].Id];
            greatest = Math.Max(greatest, persons[index]);
        }

        var order = new int[rowCount];
        var other = new int[rowCount];
        for (var index = 0; index < rowCount; index++)
        {
            order[index] = index;
        }

        for (var shift = 0; greatest >> shift > 0; shift += DigitBits)
        {
            var counts = new int[(1 << DigitBits) + 1];
            foreach (var person in persons)
            {
                counts[((person >> shift) & ((1 << DigitBits) - 1)) + 1]++;
            }

            for (var digit = 1; digit < counts.Length; digit++)
            {
                counts[digit] += counts[digit - 1];
            }

            foreach (var index in order)
            {
                other[counts[(persons[index] >> shift) & ((1 << DigitBits) - 1)]++] = index;
            }

            (order, other) = (other, order);
        }

        return order;
    }

    private bool IsAscending(ReadOnlySpan<int> span)
    {
        for (var at = 1; at < span.Length; at++)
        {
            if (Compare(span[at - 1], span[at]) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private int Compare(int left, int right)
    {
        ref readonly var first = ref rows[left];
        ref readonly var second = ref rows[right];
        return first.Time != second.Time ? first.Time.CompareTo(second.Time)
            : first.Id != second.Id ? first.Id.CompareTo(second.Id)
            : left.CompareTo(right);
    }

    /// <summary>Writes what stays of one person from <paramref name="kept"/> on; gives the new end.</summary>
    private int Keep(ReadOnlySpan<int> span, int[] order, int kept)
    {
        for (var start = 0; start < span.Length;)
        {
            var end = start + 1;
            while (end < span.Length && rows[span[end]].Time == rows[span[start]].Time)
            {
                end++;
            }

            if (end - start > 1)
            {
                MarkSentAgain(span[start..end]);
            }

            for (; start < end; start++)
            {
                if (_sentAgain.Count == 0 || !_sentAgain.Contains(span[start]))
                {
                    order[kept++] = span[start];
                }
            }

            _sentAgain.Clear();
        }

        return kept;
    }

    /// <summary>Of rows at one time, finds those that a later arrival repeats.</summary>
    private void MarkSentAgain(ReadOnlySpan<int> tied)
    {
        _seen.Clear();
        for (var at = tied.Length - 1; at >= 0; at--)
        {
            ref readonly var row = ref rows[tied[at]];
            if (row.InsertKey != 0 && !_seen.Add((row.Name, row.Id, row.InsertKey)))
            {
                _sentAgain.Add(tied[at]);
            }
        }
    }
}
