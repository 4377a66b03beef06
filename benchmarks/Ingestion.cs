using System.Globalization;
using System.Text.Json;
using Rondo.Soaking;

namespace Rondo.Benchmarks;

/// <summary>What a real server takes by <c>/import</c> while reports are asked.</summary>
internal static class Ingestion
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(ImportSoakSettings settings, bool asJson, CancellationToken cancellationToken)
    {
        var result = await new ImportSoak(settings, text => Console.Error.WriteLine($"bench: {text}")).RunAsync(cancellationToken);
        Console.WriteLine(asJson ? JsonSerializer.Serialize(result, Json) : Show(result));
        return result.Missing == 0 ? 0 : 1;
    }

    private static string Show(ImportSoakResult result)
    {
        FormattableString[] lines =
        [
            $"server                        {result.Server}",
            $"processors                    {result.Processors}, the sender's included",
            $"events                        {result.Events:n0} in {result.Seconds:n1} s: {result.EventsPerSecond:n0} a second",
            $"missing at the end            {result.Missing:n0}",
            $"on disk, bytes an event       {result.BytesPerEventSettled:n1} sealed and joined; {result.BytesPerEventWithLog:n1} with the log of 48 hours",
            $"memory at most, MB            {result.PeakOwnMegabytes:n0} of its own; {result.PeakResidentMegabytes:n0} with mapped files",
            $"",
            $"{"ms",-28} {"times",8} {"median",10} {"p99",10} {"most",10}",
        ];
        IEnumerable<(string Name, Delays Delays)> delays =
        [
            ("batch acknowledged", result.Acknowledged),
            ("event counted since sent", result.CountedSinceSent),
            ("event counted since ack.", result.CountedSinceAcknowledged),
            .. result.Reports.Select(report => ($"report: {report.Key}", report.Value)),
        ];
        var quarters = result.Quarters.Select((quarter, index) => string.Create(
            CultureInfo.InvariantCulture,
            $"{index + 1,-8} {quarter.EventsPerSecond,12:n0} {quarter.Acknowledged.P50Ms,10:n1} {quarter.Acknowledged.P99Ms,10:n1} {quarter.Acknowledged.MostMs,10:n1} {quarter.PeakOwnMegabytes,10:n0} {quarter.PeakResidentMegabytes,14:n0}"));
        return string.Join(
            '\n',
            [
                .. lines.Select(FormattableString.Invariant),
                .. delays.Select(row => Show(row.Name, row.Delays)),
                string.Empty,
                $"{"quarter",-8} {"events/s",12} {"ack. ms",10} {"p99",10} {"most",10} {"own MB",10} {"with files MB",14}",
                .. quarters,
            ]);
    }

    /// <summary>A row of delays.</summary>
    public static string Show(string name, Delays delays) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-28} {delays.Count,8:n0} {delays.P50Ms,10:n1} {delays.P99Ms,10:n1} {delays.MostMs,10:n1}");
}
