using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Rondo.Benchmarks.Workload;

namespace Rondo.Benchmarks.Peers;

/// <summary>ClickHouse as a library (chDB), the table ordered by person and time, strings of low cardinality.</summary>
/// <remarks>C interface: chdb.h of chDB 26. The library must be loaded once in a process and never unloaded.</remarks>
internal sealed unsafe class ClickHousePeer : IDisposable
{
    private const string Columns = "person UInt32, time DateTime('UTC'), name LowCardinality(String), platform LowCardinality(String), country LowCardinality(String), plan LowCardinality(String), genre LowCardinality(String), amount UInt16";

    private readonly nint* _connection;
    private readonly delegate* unmanaged<nint, byte*, byte*, nint> _query;
    private readonly delegate* unmanaged<nint, byte*> _buffer;
    private readonly delegate* unmanaged<nint, nuint> _length;
    private readonly delegate* unmanaged<nint, byte*> _error;
    private readonly delegate* unmanaged<nint, void> _destroy;
    private readonly delegate* unmanaged<nint*, void> _close;
    private readonly string _settings;

    private ClickHousePeer(nint library, string directory, int threads)
    {
        void* Of(string name) => (void*)NativeLibrary.GetExport(library, name);
        _query = (delegate* unmanaged<nint, byte*, byte*, nint>)Of("chdb_query");
        _buffer = (delegate* unmanaged<nint, byte*>)Of("chdb_result_buffer");
        _length = (delegate* unmanaged<nint, nuint>)Of("chdb_result_length");
        _error = (delegate* unmanaged<nint, byte*>)Of("chdb_result_error");
        _destroy = (delegate* unmanaged<nint, void>)Of("chdb_destroy_query_result");
        _close = (delegate* unmanaged<nint*, void>)Of("chdb_close_conn");
        ((delegate* unmanaged<int, void>)Of("chdb_set_signal_handlers_enabled"))(0);
        var connect = (delegate* unmanaged<int, byte**, nint*>)Of("chdb_connect");
        var program = Marshal.StringToCoTaskMemUTF8("clickhouse");
        var path = Marshal.StringToCoTaskMemUTF8($"--path={directory}");
        var arguments = stackalloc byte*[2] { (byte*)program, (byte*)path };
        _connection = connect(2, arguments);
        _settings = string.Create(CultureInfo.InvariantCulture, $" SETTINGS max_threads = {threads}");
    }

    public static ClickHousePeer Open(string library, string directory, int threads) => new(NativeLibrary.Load(library), directory, threads);

    public string Version => Query("SELECT version()").Single();

    /// <param name="rowBinary">The events as <see cref="RowBinary"/> wrote them.</param>
    public void Load(string rowBinary)
    {
        Query("CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic");
        Query($"CREATE TABLE IF NOT EXISTS bench.events ({Columns}) ENGINE = MergeTree ORDER BY (person, time)");
        Query($"INSERT INTO bench.events SELECT * FROM file('{rowBinary}', RowBinary, '{Columns.Replace("'", "\\'", StringComparison.Ordinal)}')");
        Query("OPTIMIZE TABLE bench.events FINAL");
    }

    /// <summary>Writes the table for others to read; times as seconds.</summary>
    public void WriteParquet(string file) => Query(
        $"INSERT INTO FUNCTION file('{file}', Parquet) SELECT person, toUnixTimestamp(time) AS time, toString(name) AS name, toString(platform) AS platform, toString(country) AS country, toString(plan) AS plan, toString(genre) AS genre, amount FROM bench.events ORDER BY person, time SETTINGS output_format_parquet_string_as_string = 1");

    public (double Milliseconds, string[] Answer) Ask(Question question)
    {
        var sql = question.ClickHouse.Replace("FROM events", "FROM bench.events", StringComparison.Ordinal) + _settings;
        var watch = Stopwatch.StartNew();
        var lines = Query(sql);
        return (watch.Elapsed.TotalMilliseconds, lines);
    }

    public void Dispose() => _close(_connection);

    private string[] Query(string sql)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(sql + "\0"))
        fixed (byte* format = "TSVRaw\0"u8)
        {
            var result = _query(*_connection, text, format);
            try
            {
                if (_error(result) is var error && error is not null && Marshal.PtrToStringUTF8((nint)error) is { Length: > 0 } message)
                {
                    throw new InvalidOperationException($"ClickHouse refused: {message}\n{sql}");
                }

                var bytes = _buffer(result);
                var answer = bytes is null ? string.Empty : Encoding.UTF8.GetString(bytes, (int)_length(result));
                return answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            }
            finally
            {
                _destroy(result);
            }
        }
    }
}
