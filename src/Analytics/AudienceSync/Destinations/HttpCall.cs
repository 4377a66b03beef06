using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>One POST of JSON to another company's server, and what its answer means where the protocol does not say otherwise.</summary>
internal static class HttpCall
{
    private const int MaximumDetailLength = 300;

    /// <summary>Sends; <paramref name="read"/> turns status, waiting time and body into an answer.</summary>
    public static async Task<DestinationAnswer> PostAsync(
        HttpClient client,
        Uri address,
        byte[] json,
        AuthenticationHeaderValue? authorization,
        Func<HttpStatusCode, Duration?, string, DestinationAnswer> read,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = authorization;
        return await SendAsync(client, request, read, time, cancellationToken);
    }

    /// <summary>The same with a request of the caller's, who disposes it.</summary>
    public static async Task<DestinationAnswer> SendAsync(
        HttpClient client,
        HttpRequestMessage request,
        Func<HttpStatusCode, Duration?, string, DestinationAnswer> read,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return read(response.StatusCode, DelayOf(response.Headers.RetryAfter, time.GetCurrentInstant()), body);
        }
        catch (HttpRequestException failure)
        {
            return OfFailure(failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new TryAgain("no answer in time");
        }
    }

    /// <summary>The answers that mean the same everywhere.</summary>
    public static DestinationAnswer Of(HttpStatusCode status, Duration? after, string detail) => (int)status switch
    {
        >= 200 and < 300 => new Taken(),
        >= 300 and < 400 => new Stopped($"{(int)status}: the address has moved", SyncAdvice.CorrectAddress),
        401 or 403 => new Stopped(Described(status, detail), SyncAdvice.RenewKeys),
        404 or 405 => new Stopped(Described(status, detail), SyncAdvice.CorrectAddress),
        408 or 423 or 425 or 429 or >= 500 => new TryAgain(Described(status, detail), after),
        _ => new Stopped(Described(status, detail), SyncAdvice.ReadAnswer),
    };

    /// <summary>Status and the other side's words, cut to a line.</summary>
    public static string Described(HttpStatusCode status, string detail)
    {
        var line = detail.ReplaceLineEndings(" ").Trim();
        var number = ((int)status).ToString(CultureInfo.InvariantCulture);
        return line.Length == 0 ? number : $"{number}: {(line.Length > MaximumDetailLength ? line[..MaximumDetailLength] + "…" : line)}";
    }

    /// <summary>A text member of a JSON body, by the first of these names that is there; the body itself when it is no JSON object.</summary>
    public static string TextOf(string body, params ReadOnlySpan<string> names)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var name in names)
                {
                    if (document.RootElement.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String)
                    {
                        return member.GetString()!;
                    }
                }
            }
        }
        catch (JsonException)
        {
            // What is no JSON is shown as it is.
        }

        return body;
    }

    /// <summary>What it means that no answer came.</summary>
    public static DestinationAnswer OfFailure(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is PrivateAddressException)
            {
                return new Stopped(cause.Message, SyncAdvice.AllowAddress);
            }
        }

        return new TryAgain($"no connection ({(failure as HttpRequestException)?.HttpRequestError.ToString() ?? failure.GetType().Name})");
    }

    private static Duration? DelayOf(RetryConditionHeaderValue? retryAfter, Instant now) => retryAfter switch
    {
        { Delta: { } delta } => Duration.FromTimeSpan(delta),
        { Date: { } date } => Duration.Max(Duration.Zero, Instant.FromDateTimeOffset(date) - now),
        _ => null,
    };
}
