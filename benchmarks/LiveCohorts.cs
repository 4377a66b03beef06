using System.Text.Json;
using Rondo.Soaking;

namespace Rondo.Benchmarks;

/// <summary>The soak of live cohorts. People and cohorts stay in their folder for the next run.</summary>
internal static class LiveCohorts
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(CohortSoakSettings settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Directory);
        var result = await new CohortSoak(settings, Console.Error.WriteLine).RunAsync(cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(result, Json));
        return result.Differences == 0 ? 0 : 1;
    }
}
