using System.Globalization;
using System.Text.Json;
using Rondo.Soaking;

namespace Rondo.Benchmarks;

/// <summary>How soon a real server is ready, and what it holds when idle.</summary>
internal static class Starting
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(ServerStartsSettings settings, bool asJson, CancellationToken cancellationToken)
    {
        var result = await new ServerStarts(settings, text => Console.Error.WriteLine($"bench: {text}")).RunAsync(cancellationToken);
        Console.WriteLine(asJson ? JsonSerializer.Serialize(result, Json) : Show(result));
        return 0;
    }

    private static string Show(ServerStartsResult result)
    {
        FormattableString[] lines =
        [
            $"server                        {result.Server}",
            $"folder                        {result.Events:n0} events, {result.People:n0} profiles, {result.DiskMegabytes:n0} MB",
            $"idle, MB                      {result.IdleResidentMegabytes:n0}; {result.IdleOwnMegabytes:n0} of its own; managed {result.IdleManagedMegabytes:n0}",
            $"",
            $"{"ms",-28} {"times",8} {"median",10} {"p99",10} {"most",10}",
        ];
        return string.Join(
            '\n',
            [
                .. lines.Select(FormattableString.Invariant),
                Ingestion.Show("ready", result.Ready),
                Ingestion.Show("first funnel answered", result.FirstAnswer),
                Ingestion.Show("store alone opened", result.StoreOpens),
                .. result.ReadyAfterKillMs is { } killed ? [string.Create(CultureInfo.InvariantCulture, $"{"ready after a kill",-28} {1,8} {killed,10:n1}")] : Array.Empty<string>(),
            ]);
    }
}
