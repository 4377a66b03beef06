using Rondo.Engine.Parts;

namespace Rondo.Engine.Recovery;

/// <summary>Reads every run of a part and looks for what the writer never writes.</summary>
/// <param name="part">Held by the caller.</param>
/// <param name="eventNames">The names that the catalogue holds, by number.</param>
/// <param name="idCount">Ids that were given out.</param>
internal sealed class PartInspection(Part part, IReadOnlyList<string> eventNames, int idCount)
{
    public IEnumerable<(string File, string Problem)> Problems()
    {
        // What is read with the help of damaged bytes is not blamed for them.
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in part.Runs)
        {
            if (part.DamageOf(entry) is { } damage)
            {
                damaged.Add(NameOf(entry));
                yield return (part.PathOf(entry), damage.Message);
            }
        }

        long namedRows = 0;
        foreach (var entry in part.Runs)
        {
            namedRows += entry.EventName is null || entry.IsSparse ? 0 : entry.RowCount;
            if (!entry.IsSparse && !damaged.Contains(NameOf(entry)) && ProblemOf(entry) is { } problem)
            {
                yield return (part.PathOf(entry), problem);
            }
        }

        if (namedRows != part.RowCount || part.Timeline?.RowCount != part.RowCount)
        {
            yield return (part.DirectoryPath, $"The catalogue counts {part.RowCount} events, its runs {namedRows} and its timeline {part.Timeline?.RowCount ?? 0}.");
        }
    }

    private string? ProblemOf(RunEntry entry)
    {
        try
        {
            var run = part.Open(entry.EventName)!;
            return run.RowCount != entry.RowCount ? $"It holds {run.RowCount} events of {NameOf(entry)} where the catalogue has {entry.RowCount}."
                : run.EventName is { } name && !eventNames.Contains(name) ? $"It holds events named '{name}', a name that the catalogue does not know."
                : OrderProblem(run, NameOf(entry)) ?? PropertyProblem(run, NameOf(entry));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return $"{NameOf(entry)} cannot be read: {exception.Message}";
        }
    }

    private string? OrderProblem(Run run, string name)
    {
        var before = -1;
        for (var index = 0; index < run.Persons.Length; index++)
        {
            var person = run.Persons[index];
            if (person <= before || person > idCount)
            {
                return $"In {name}, person {person} stands after person {before}, and {idCount} ids were given out.";
            }

            before = person;
            var (start, end) = run.RowsAt(index);
            for (var row = start + 1; row < end; row++)
            {
                if (run.Columns.Times[row] < run.Columns.Times[row - 1])
                {
                    return $"In {name}, row {row} is earlier than the row before it.";
                }
            }
        }

        return null;
    }

    private static string? PropertyProblem(Run run, string name)
    {
        foreach (var property in run.PropertyNames)
        {
            if (run.Property(property) is not { } columns)
            {
                return $"In {name}, property '{property}' has a name and no values.";
            }

            for (var row = 0; row < run.RowCount; row++)
            {
                if (columns.Texts is { } texts && texts.CodeAt(row) >= texts.Values.Length)
                {
                    return $"In {name}, property '{property}' has a value in row {row} that its dictionary does not know.";
                }
            }
        }

        return null;
    }

    private static string NameOf(RunEntry entry) => entry.EventName is null ? "the timeline" : $"'{entry.EventName}'";
}
