using Rondo.Engine;
using Rondo.Model.Queries;

namespace Rondo.Benchmarks.Workload;

/// <summary>One question in three languages. Answers are lines of comma-separated values, compared after sorting.</summary>
/// <param name="Name">What is printed and chosen by.</param>
/// <param name="Rondo">Asks our store.</param>
/// <param name="ClickHouse">Over <c>events(person UInt32, time DateTime, name, platform, country, plan, genre LowCardinality(String), amount UInt16)</c>.</param>
/// <param name="DuckDb">Over the same table.</param>
/// <param name="Reads">The columns that our store must read: per event name (null: the timeline) which.</param>
internal sealed record Question(
    string Name,
    Func<EventStore, QueryContext, Task<IEnumerable<string>>> Rondo,
    string ClickHouse,
    string DuckDb,
    IReadOnlyList<ColumnRead> Reads);

/// <summary>Columns of one run that a question must read.</summary>
/// <param name="EventName">Null for the timeline.</param>
/// <param name="Persons">Whether it must know whose rows they are.</param>
/// <param name="Properties">Properties it must read.</param>
internal sealed record ColumnRead(string? EventName, bool Persons, params string[] Properties);
