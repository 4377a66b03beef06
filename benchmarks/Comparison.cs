using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rondo.Benchmarks.Peers;
using Rondo.Benchmarks.Workload;
using Rondo.Soaking;

namespace Rondo.Benchmarks;

/// <summary>What is compared.</summary>
internal sealed record ComparisonSettings(long Events, int Threads, int Rounds, int Seed, bool AsJson, string DataDirectory, string? Only, IReadOnlyList<string> Peers);

/// <summary>One line of the result; times in milliseconds, null where a peer was not asked.</summary>
internal sealed record Row(string Question, double RondoMs, double? ClickhouseMs, double? DuckdbMs, double FloorMs, bool AnswersEqual, double RondoColdMs, double RondoPeakMb);

/// <summary>Loads the same events into every store, asks each question of all of them in turn, and compares.</summary>
internal static class Comparison
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(ComparisonSettings settings, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(settings.DataDirectory, string.Create(CultureInfo.InvariantCulture, $"{settings.Events}-{settings.Seed}"));
        Directory.CreateDirectory(directory);
        var acts = new Listening(settings.Events, settings.Seed);
        await using var rondo = await FillRondoAsync(Path.Combine(directory, "rondo"), acts, settings);
        using var clickHouse = settings.Peers.Contains("clickhouse") ? FillClickHouse(directory, acts, settings) : null;
        using var duckDb = settings.Peers.Contains("duckdb") ? FillDuckDb(directory, clickHouse, settings) : null;
        if (clickHouse is not null)
        {
            Note($"ClickHouse {clickHouse.Version}");
        }

        if (duckDb is not null)
        {
            Note($"DuckDB {duckDb.Version}");
        }

        var allEqual = true;
        if (!settings.AsJson)
        {
            Console.WriteLine($"{"question",-52} {"rondo ms",9} {"clickhouse",11} {"ratio",7} {"duckdb",9} {"ratio",7} {"floor",7} {"x floor",8} {"cold ms",9} {"peak MB",8}  equal");
        }

        foreach (var question in Questions.All.Where(question => settings.Only is null || question.Name.Contains(settings.Only, StringComparison.OrdinalIgnoreCase)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = await AskAsync(question, rondo, clickHouse, duckDb, settings);
            allEqual &= row.AnswersEqual;
            Console.WriteLine(settings.AsJson ? JsonSerializer.Serialize(row, Json) : Show(row));
        }

        return allEqual ? 0 : 1;
    }

    private static async Task<Row> AskAsync(Question question, RondoPeer rondo, ClickHousePeer? clickHouse, DuckDbPeer? duckDb, ComparisonSettings settings)
    {
        var times = (Rondo: new List<double>(), ClickHouse: new List<double>(), DuckDb: new List<double>());
        string[] ours = [];
        var theirs = new List<string[]>();
        for (var round = 0; round <= settings.Rounds; round++)
        {
            // One of each in turn, so that a noisy minute hits all; the first round warms up and is not counted. Ours runs
            // several times a turn, since it is short against the clock of a shared machine.
            for (var repeat = 0; repeat < 3; repeat++)
            {
                var (milliseconds, answer) = await rondo.AskAsync(question);
                ours = answer;
                Add(times.Rondo, milliseconds, round);
            }

            if (clickHouse?.Ask(question) is { } ofClickHouse)
            {
                Add(times.ClickHouse, ofClickHouse.Milliseconds, round);
                theirs.Add(ofClickHouse.Answer);
            }

            if (duckDb?.Ask(question) is { } ofDuckDb)
            {
                Add(times.DuckDb, ofDuckDb.Milliseconds, round);
                theirs.Add(ofDuckDb.Answer);
            }
        }

        var expected = ours.Order(StringComparer.Ordinal).ToArray();
        var different = theirs.FirstOrDefault(answer => !answer.Order(StringComparer.Ordinal).SequenceEqual(expected));
        if (different is not null)
        {
            var sorted = different.Order(StringComparer.Ordinal).ToArray();
            Note($"{question.Name}: only ours: {string.Join(" | ", expected.Except(sorted).Take(8))}; only theirs: {string.Join(" | ", sorted.Except(expected).Take(8))}");
        }

        var floor = Floor.Measure(rondo.Store, question, settings.Threads);
        var (cold, peak) = await rondo.AskColdAsync(question);
        return new Row(
            question.Name,
            Median(times.Rondo)!.Value,
            Median(times.ClickHouse),
            Median(times.DuckDb),
            Math.Round(floor, 2),
            different is null && expected.Length > 0,
            Math.Round(cold, 1),
            Math.Round(peak, 1));
    }

    private static async Task<RondoPeer> FillRondoAsync(string directory, Listening acts, ComparisonSettings settings)
    {
        var isNew = !File.Exists(Path.Combine(directory, "filled"));
        if (isNew && Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        var watch = Stopwatch.StartNew();
        var peer = RondoPeer.Open(directory, settings.Threads);
        Note($"Rondo opened in {watch.ElapsedMilliseconds} ms");
        if (isNew)
        {
            watch.Restart();
            await peer.LoadAsync(acts.Acts());
            Note(string.Create(CultureInfo.InvariantCulture, $"Rondo: {settings.Events:n0} events through the log in {watch.Elapsed.TotalSeconds:f1} s ({settings.Events / watch.Elapsed.TotalSeconds:n0}/s)"));
            watch.Restart();
            await peer.Store.OptimizeAsync(default);
            Note(string.Create(CultureInfo.InvariantCulture, $"Rondo: joined in {watch.Elapsed.TotalSeconds:f1} s"));
            await File.WriteAllTextAsync(Path.Combine(directory, "filled"), string.Empty);
        }

        NoteSize("Rondo", directory);
        return peer;
    }

    private static ClickHousePeer FillClickHouse(string directory, Listening acts, ComparisonSettings settings)
    {
        var folder = Path.Combine(directory, "clickhouse");
        var isNew = !File.Exists(Path.Combine(directory, "clickhouse.filled"));
        if (isNew && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var peer = ClickHousePeer.Open(ClickHouseLibrary.Find(settings.DataDirectory), folder, settings.Threads);
        if (isNew)
        {
            var file = Path.Combine(directory, "events.bin");
            RowBinary.Write(file, acts.Acts());
            var watch = Stopwatch.StartNew();
            peer.Load(file);
            Note(string.Create(CultureInfo.InvariantCulture, $"ClickHouse: loaded and optimised in {watch.Elapsed.TotalSeconds:f1} s"));
            File.Delete(file);
            File.WriteAllText(Path.Combine(directory, "clickhouse.filled"), string.Empty);
        }

        NoteSize("ClickHouse", folder);
        return peer;
    }

    private static DuckDbPeer FillDuckDb(string directory, ClickHousePeer? clickHouse, ComparisonSettings settings)
    {
        var file = Path.Combine(directory, "duckdb.db");
        var isNew = !File.Exists(Path.Combine(directory, "duckdb.filled"));
        if (isNew)
        {
            File.Delete(file);
        }

        var peer = DuckDbPeer.Open(file, settings.Threads);
        if (isNew)
        {
            var parquet = Path.Combine(directory, "events.parquet");
            File.Delete(parquet);
            (clickHouse ?? throw new InvalidOperationException("DuckDB is filled from what ClickHouse exports: run once against both.")).WriteParquet(parquet);
            var watch = Stopwatch.StartNew();
            peer.Load(parquet);
            Note(string.Create(CultureInfo.InvariantCulture, $"DuckDB: loaded in {watch.Elapsed.TotalSeconds:f1} s"));
            File.Delete(parquet);
            File.WriteAllText(Path.Combine(directory, "duckdb.filled"), string.Empty);
        }

        Note(string.Create(CultureInfo.InvariantCulture, $"DuckDB: {new FileInfo(file).Length / 1e6:n0} MB on disk"));
        return peer;
    }

    private static void NoteSize(string store, string directory) => Note(string.Create(
        CultureInfo.InvariantCulture,
        $"{store}: {new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1e6:n0} MB on disk"));

    private static void Add(List<double> times, double milliseconds, int round)
    {
        if (round > 0)
        {
            times.Add(milliseconds);
        }
    }

    private static double? Median(List<double> times) => times.Count == 0 ? null : Math.Round(times.Order().ElementAt(times.Count / 2), 2);

    private static string Show(Row row)
    {
        string Ratio(double? theirs) => theirs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms / row.RondoMs:f1}x") : "-";
        string Ms(double? ms) => ms is { } value ? value.ToString("n1", CultureInfo.InvariantCulture) : "-";
        return string.Create(CultureInfo.InvariantCulture, $"{row.Question,-52} {Ms(row.RondoMs),9} {Ms(row.ClickhouseMs),11} {Ratio(row.ClickhouseMs),7} {Ms(row.DuckdbMs),9} {Ratio(row.DuckdbMs),7} {Ms(row.FloorMs),7} {row.RondoMs / row.FloorMs,8:f1} {Ms(row.RondoColdMs),9} {Ms(row.RondoPeakMb),8}  {(row.AnswersEqual ? "yes" : "NO")}");
    }

    private static void Note(string text) => Console.Error.WriteLine($"bench: {text}");
}
