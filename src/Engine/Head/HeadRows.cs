using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Stores;

namespace Rondo.Engine.Head;

/// <summary>The first rows of a head in the order of acceptance.</summary>
internal sealed record HeadRows(EventHead Head, RowKey[] Rows, int[] RowsInName, int RowCount, int NameCount, RunShape Shape)
{
    /// <summary>Only the rows of some persons, as runs: to sort a whole head for a few of its rows would cost far more than to look at each.</summary>
    public HeadRuns Of(PersonSet persons, IdSnapshot ids)
    {
        var rows = new Growing<RowKey>();
        var rowsInName = new Growing<int>();
        for (var row = 0; row < RowCount; row++)
        {
            if (persons.Contains(new PersonNumber(ids.Canonical[Rows[row].Id])))
            {
                rows.Add(Rows[row]);
                rowsInName.Add(RowsInName[row]);
            }
        }

        return new HeadRuns(Head, rows.Values, rowsInName.Values, rows.Count, NameCount, Shape, ids);
    }
}
