using System.Text.Json;
using Rondo.Soaking;

namespace Rondo.Benchmarks;

/// <summary>The soak of streams out.</summary>
internal static class EventStreaming
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(StreamSoakSettings settings, CancellationToken cancellationToken)
    {
        var result = await new StreamSoak(settings, Console.Error.WriteLine).RunAsync(cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(result, Json));
        return result.Missing == 0 ? 0 : 1;
    }
}
