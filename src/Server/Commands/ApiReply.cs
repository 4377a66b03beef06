using System.Text.Json;

namespace Rondo.Server.Commands;

/// <summary>Reads what the server answered to a command.</summary>
internal static class ApiReply
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerOptions.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer's JSON, indented for reading. A refusal ends the command with its reasons.</summary>
    public static async Task<string> ReadAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        await RequireSuccessAsync(reply, cancellationToken);
        using var document = JsonDocument.Parse(await reply.Content.ReadAsStreamAsync(cancellationToken));
        return JsonSerializer.Serialize(document.RootElement, Readable);
    }

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Readable);

    public static async Task RequireSuccessAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        if (!reply.IsSuccessStatusCode)
        {
            throw new CommandFailure(ExitCode.Refused, Words(await reply.Content.ReadAsStringAsync(cancellationToken), (int)reply.StatusCode));
        }
    }

    private static string Words(string body, int status)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var problems = document.RootElement.TryGetProperty("problems", out var list)
                ? list.EnumerateArray().Select(problem => $"{Environment.NewLine}  {problem.GetProperty("field").GetString()} {problem.GetProperty("rule").GetString()}")
                : [];
            return document.RootElement.GetProperty("error").GetString() + string.Concat(problems);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The server answered {status}: {body}";
        }
    }
}
