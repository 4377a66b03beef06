using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>
/// The answer that client SDKs understand: <c>1</c> or <c>0</c>, as JSON when asked for, as a picture or a script call for
/// browsers without anything better (Mixpanel reference, 1.3). It is 200 also for data that is bad for ever: mobile SDKs
/// send a batch again after any other status (1.14).
/// </summary>
internal static class SdkReply
{
    /// <summary>One transparent pixel.</summary>
    private static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    /// <param name="response">Where to.</param>
    /// <param name="parameters">What the client asked for.</param>
    /// <param name="error">Why nothing was valid; null when something was.</param>
    /// <param name="writeExtra">Further fields of a verbose answer.</param>
    /// <param name="cancellationToken">Cancels sending.</param>
    public static Task SendAsync(HttpResponse response, RequestParameters parameters, string? error, Action<Utf8JsonWriter>? writeExtra, CancellationToken cancellationToken)
    {
        var status = error is null ? 1 : 0;
        if (parameters.WantsImage)
        {
            return ReplyJson.SendAsync(response, StatusCodes.Status200OK, "image/gif", Pixel, cancellationToken);
        }

        var body = parameters.IsVerbose
            ? ReplyJson.Write(json =>
            {
                json.WriteString("error", error ?? string.Empty);
                json.WriteNumber("status", status);
                writeExtra?.Invoke(json);
            })
            : Encoding.ASCII.GetBytes(status.ToString(CultureInfo.InvariantCulture));
        if (parameters.Callback is { } callback)
        {
            return ReplyJson.SendAsync(response, StatusCodes.Status200OK, "text/javascript", Encoding.UTF8.GetBytes($"{callback}({Encoding.UTF8.GetString(body)});"), cancellationToken);
        }

        return ReplyJson.SendAsync(response, StatusCodes.Status200OK, parameters.IsVerbose ? "application/json" : "text/plain", body, cancellationToken);
    }

    /// <summary>
    /// Answers a request that could not be read. Too large is told by status only to clients that read verbose answers: the
    /// browser SDK halves its batch then, while a mobile SDK would send the same batch for ever.
    /// </summary>
    public static Task SendFaultAsync(HttpResponse response, RequestParameters parameters, RequestFault fault, CancellationToken cancellationToken)
    {
        if (fault.Kind != RequestFaultKind.TooLarge || !parameters.IsVerboseInQuery)
        {
            return SendAsync(response, parameters, fault.Message, null, cancellationToken);
        }

        return ReplyJson.SendAsync(
            response,
            StatusCodes.Status413PayloadTooLarge,
            json =>
            {
                json.WriteString("error", fault.Message);
                json.WriteNumber("status", 0);
            },
            cancellationToken);
    }
}
