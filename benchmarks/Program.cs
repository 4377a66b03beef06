using System.CommandLine;
using Rondo.Benchmarks;
using Rondo.Soaking;

var events = new Option<long>("--events") { Description = "How many events are made up", DefaultValueFactory = _ => 20_000_000 };
var threads = new Option<int>("--threads") { Description = "Threads that every store may use for a question", DefaultValueFactory = _ => 2 };
var rounds = new Option<int>("--rounds") { Description = "Times each question is asked; the median counts", DefaultValueFactory = _ => 5 };
var seed = new Option<int>("--seed") { Description = "Another seed makes other events", DefaultValueFactory = _ => 1 };
var format = new Option<string>("--format") { Description = "table or json (one object a question)", DefaultValueFactory = _ => "table" };
var data = new Option<string>("--data") { Description = "Where the stores are kept between runs", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "rondo-bench") };
var only = new Option<string?>("--only") { Description = "Only questions whose name contains this" };
var stores = new Option<string>("--against") { Description = "Peers, by comma: clickhouse, duckdb; or none", DefaultValueFactory = _ => "clickhouse,duckdb" };
format.AcceptOnlyFromAmong("table", "json");
var root = new RootCommand("Asks Rondo, ClickHouse and DuckDB the same questions about the same events, checks that the answers agree, and prints times and ratios.")
{
    events, threads, rounds, seed, format, data, only, stores,
};
root.SetAction((parsed, cancellationToken) => Comparison.RunAsync(
    new ComparisonSettings(
        parsed.GetRequiredValue(events),
        parsed.GetRequiredValue(threads),
        parsed.GetRequiredValue(rounds),
        parsed.GetRequiredValue(seed),
        parsed.GetRequiredValue(format) == "json",
        parsed.GetRequiredValue(data),
        parsed.GetValue(only),
        parsed.GetRequiredValue(stores).Split(',')),
    cancellationToken));
var ingestedEvents = new Option<long>("--events") { Description = "How many events are sent", DefaultValueFactory = _ => 20_000_000 };
var ingest = new Command("ingest", "Sends events to a server of its own over HTTP while reports are asked, and prints rates, delays, memory and disk; exit code 1 when an event is missing") { ingestedEvents, format, data };
ingest.SetAction((parsed, cancellationToken) => Ingestion.RunAsync(
    new ImportSoakSettings(Path.Combine(parsed.GetRequiredValue(data), "ingestion"), parsed.GetRequiredValue(ingestedEvents)),
    parsed.GetRequiredValue(format) == "json",
    cancellationToken));
root.Subcommands.Add(ingest);
var storedEvents = new Option<long>("--events") { Description = "How many events the folder holds; it is kept for the next run", DefaultValueFactory = _ => 10_000_000 };
var starts = new Option<int>("--starts") { Description = "How often the server is started; the median counts", DefaultValueFactory = _ => 5 };
var quiet = new Option<int>("--quiet") { Description = "Seconds in which nothing is asked before memory is looked at", DefaultValueFactory = _ => 30 };
var start = new Command("start", "Starts the server on a folder with events and profiles, and prints how soon it is ready and what it holds when idle") { storedEvents, starts, quiet, format, data };
start.SetAction((parsed, cancellationToken) => Starting.RunAsync(
    new ServerStartsSettings(Path.Combine(parsed.GetRequiredValue(data), $"start-{parsed.GetRequiredValue(storedEvents)}"), parsed.GetRequiredValue(storedEvents))
    {
        Starts = parsed.GetRequiredValue(starts),
        Quiet = TimeSpan.FromSeconds(parsed.GetRequiredValue(quiet)),
    },
    parsed.GetRequiredValue(format) == "json",
    cancellationToken));
root.Subcommands.Add(start);
var people = new Option<int>("--people") { Description = "People with a past of 20 events each", DefaultValueFactory = _ => 1_000_000 };
var cohortCount = new Option<int>("--cohorts") { Description = "Cohorts of every form", DefaultValueFactory = _ => 200 };
var rate = new Option<int>("--rate") { Description = "Events a second", DefaultValueFactory = _ => 2_000 };
var seconds = new Option<int>("--seconds") { Description = "How long they come in", DefaultValueFactory = _ => 600 };
var midnight = new Option<int?>("--midnight") { Description = "Lets midnight come so many seconds after the first event, when windows end for a large part of all people" };
var cohorts = new Command("cohorts", "Keeps cohorts live while events come in, compares them with full computations at the end, and prints delays as JSON; exit code 1 for any difference") { people, cohortCount, rate, seconds, midnight, data };
cohorts.SetAction((parsed, cancellationToken) => LiveCohorts.RunAsync(
    new CohortSoakSettings(
        Path.Combine(parsed.GetRequiredValue(data), $"cohorts-{parsed.GetRequiredValue(people)}-{parsed.GetRequiredValue(cohortCount)}"),
        parsed.GetRequiredValue(people),
        parsed.GetRequiredValue(cohortCount),
        parsed.GetRequiredValue(rate),
        TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)))
    {
        MidnightAfter = parsed.GetValue(midnight) is { } after ? TimeSpan.FromSeconds(after) : null,
    },
    cancellationToken));
root.Subcommands.Add(cohorts);
var streamRate = new Option<int>("--rate") { Description = "Message events a second", DefaultValueFactory = _ => 5_000 };
var streams = new Command("streams", "Sends message events on over HTTP while they come in, and prints rate, delay and memory as JSON; exit code 1 when an event is missing") { streamRate, seconds, data };
streams.SetAction((parsed, cancellationToken) => EventStreaming.RunAsync(
    new StreamSoakSettings(
        Path.Combine(parsed.GetRequiredValue(data), $"streams-{Guid.NewGuid():n}"),
        parsed.GetRequiredValue(streamRate),
        TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds))),
    cancellationToken));
root.Subcommands.Add(streams);
return await root.Parse(args).InvokeAsync();
