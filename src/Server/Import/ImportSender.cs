using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rondo.Server.Commands;

namespace Rondo.Server.Import;

/// <summary>Gathers records into batches and sends them to /import; waits and repeats when the server asks for it.</summary>
internal sealed class ImportSender(HttpClient http, int project)
{
    private const int MaximumRecords = 2000;
    private const int MaximumBytes = 6 << 20;
    private const int MaximumAttempts = 8;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private readonly Uri _address = new($"/import?strict=1&project_id={project}", UriKind.Relative);
    private readonly ArrayBufferWriter<byte> _body = new(1 << 20);
    private readonly List<long> _lines = [];

    public bool IsFull => _lines.Count >= MaximumRecords || _body.WrittenCount >= MaximumBytes;

    public bool IsEmpty => _lines.Count == 0;

    public void Add(ImportRecord record)
    {
        _body.Write(_lines.Count == 0 ? "["u8 : ","u8);
        _body.Write(record.Json.Span);
        _lines.Add(record.Line);
    }

    /// <summary>Sends what was gathered; the answer names the lines that were refused.</summary>
    public async Task<(long ImportedCount, IReadOnlyList<(long Line, string Reason)> Refused)> SendAsync(CancellationToken cancellationToken)
    {
        _body.Write("]"u8);
        for (var attempt = 1; ; attempt++)
        {
            var (status, retryAfter, reply) = await PostAsync(cancellationToken);
            if (status is HttpStatusCode.OK or HttpStatusCode.BadRequest)
            {
                var outcome = Read(reply);
                _body.ResetWrittenCount();
                _lines.Clear();
                return outcome;
            }

            if (status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway) || attempt == MaximumAttempts)
            {
                throw new CommandFailure(ExitCode.Failed, $"The server answered {(int)status}: {reply}");
            }

            await Task.Delay(retryAfter ?? FirstWait * Math.Pow(2, attempt - 1), cancellationToken);
        }
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, string Reply)> PostAsync(CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(_body.WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var reply = await http.PostAsync(_address, content, cancellationToken);
        return (reply.StatusCode, reply.Headers.RetryAfter?.Delta, await reply.Content.ReadAsStringAsync(cancellationToken));
    }

    private (long ImportedCount, IReadOnlyList<(long Line, string Reason)> Refused) Read(string reply)
    {
        using var document = JsonDocument.Parse(reply);
        if (!document.RootElement.TryGetProperty("num_records_imported", out var imported))
        {
            throw new CommandFailure(ExitCode.Failed, $"The server refused a whole batch: {reply}");
        }

        var refused = document.RootElement.TryGetProperty("failed_records", out var failed)
            ? failed.EnumerateArray().Select(record => (_lines[record.GetProperty("index").GetInt32()], record.GetProperty("message").GetString()!)).ToList()
            : [];
        return (imported.GetInt64(), refused);
    }
}
