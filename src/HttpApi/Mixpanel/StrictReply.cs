using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>The answers of /import, which names every record that was not taken (Mixpanel reference, 1.4).</summary>
internal static class StrictReply
{
    /// <summary>200 when every record was well formed; otherwise 400, although the good ones are stored.</summary>
    public static Task SendAsync(HttpResponse response, IntakeReport report, string countName, string keyName, CancellationToken cancellationToken)
    {
        var failed = report.Refused.Where(record => !record.IsSilent).ToList();
        return failed.Count == 0
            ? ReplyJson.SendAsync(
                response,
                StatusCodes.Status200OK,
                json =>
                {
                    json.WriteNumber("code", StatusCodes.Status200OK);
                    json.WriteNumber(countName, report.AcceptedCount);
                    json.WriteString("status", "OK");
                },
                cancellationToken)
            : ReplyJson.SendAsync(
                response,
                StatusCodes.Status400BadRequest,
                json =>
                {
                    WriteError(json, StatusCodes.Status400BadRequest, "some data points in the request failed validation", "Bad Request");
                    json.WriteNumber(countName, report.AcceptedCount);
                    WriteFailed(json, failed, keyName);
                },
                cancellationToken);
    }

    /// <summary>The answer to importers that do not ask for every fault.</summary>
    public static Task SendLenientAsync(HttpResponse response, IntakeReport report, CancellationToken cancellationToken) => ReplyJson.SendAsync(
        response,
        StatusCodes.Status200OK,
        json =>
        {
            json.WriteNumber("code", StatusCodes.Status200OK);
            json.WriteNumber("num_records_imported", report.AcceptedCount);
            json.WriteNumber("status", 1);
        },
        cancellationToken);

    public static Task SendUnauthorizedAsync(HttpResponse response, CancellationToken cancellationToken) =>
        SendErrorAsync(response, StatusCodes.Status401Unauthorized, "Invalid credentials", "Unauthorized", cancellationToken);

    public static Task SendTooManyAsync(HttpResponse response, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return SendErrorAsync(
            response,
            StatusCodes.Status429TooManyRequests,
            "Project exceeded rate limits. Please retry the request with exponential backoff.",
            "Too Many Requests",
            cancellationToken);
    }

    public static Task SendFaultAsync(HttpResponse response, RequestFault fault, CancellationToken cancellationToken) => fault.Kind == RequestFaultKind.TooLarge
        ? SendErrorAsync(response, StatusCodes.Status413PayloadTooLarge, fault.Message, "Request Entity Too Large", cancellationToken)
        : SendErrorAsync(response, StatusCodes.Status400BadRequest, fault.Message, "Bad Request", cancellationToken);

    public static Task SendErrorAsync(HttpResponse response, int code, string error, string status, CancellationToken cancellationToken) =>
        ReplyJson.SendAsync(response, code, json => WriteError(json, code, error, status), cancellationToken);

    private static void WriteError(Utf8JsonWriter json, int code, string error, string status)
    {
        json.WriteNumber("code", code);
        json.WriteString("error", error);
        json.WriteString("status", status);
    }

    private static void WriteFailed(Utf8JsonWriter json, List<RefusedRecord> failed, string keyName)
    {
        json.WriteStartArray("failed_records");
        foreach (var record in failed)
        {
            json.WriteStartObject();
            json.WriteNumber("index", record.Index);
            if (keyName == "insert_id")
            {
                // The API description and one SDK say insert_id, the documentation's prose says $insert_id.
                json.WriteString("insert_id", record.Key ?? string.Empty);
                json.WriteString("$insert_id", record.Key ?? string.Empty);
            }
            else
            {
                json.WriteString(keyName, record.Key ?? string.Empty);
            }

            json.WriteString("field", record.Field);
            json.WriteString("message", record.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
