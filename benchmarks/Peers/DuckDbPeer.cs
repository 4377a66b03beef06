using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Rondo.Benchmarks.Workload;

namespace Rondo.Benchmarks.Peers;

/// <summary>DuckDB on a file, the table ordered by person and time.</summary>
internal sealed class DuckDbPeer : IDisposable
{
    private readonly DuckDBConnection _connection;

    private DuckDbPeer(DuckDBConnection connection) => _connection = connection;

    public static DuckDbPeer Open(string file, int threads)
    {
        var connection = new DuckDBConnection($"Data Source={file}");
        connection.Open();
        var peer = new DuckDbPeer(connection);
        peer.Execute(string.Create(CultureInfo.InvariantCulture, $"SET threads = {threads}; SET TimeZone = 'UTC';"));
        return peer;
    }

    public string Version => Lines("SELECT version()").Single();

    /// <param name="parquet">The events as ClickHouse wrote them.</param>
    public void Load(string parquet) => Execute(
        $"""
        CREATE TABLE events AS
        SELECT person, to_timestamp(time)::TIMESTAMP AS time, name, platform, country, plan, genre, amount
        FROM read_parquet('{parquet}') ORDER BY person, time;
        CHECKPOINT;
        """);

    public (double Milliseconds, string[] Answer) Ask(Question question)
    {
        var watch = Stopwatch.StartNew();
        var lines = Lines(question.DuckDb);
        return (watch.Elapsed.TotalMilliseconds, lines);
    }

    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private string[] Lines(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.GetString(0));
        }

        return [.. lines];
    }
}
