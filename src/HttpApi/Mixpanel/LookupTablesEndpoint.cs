using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rondo.Analytics.Contracts;
using Rondo.Model.Queries;

namespace Rondo.HttpApi.Mixpanel;

/// <summary><c>/lookup-tables</c>: lists a project's tables and replaces one by a CSV file (Mixpanel reference, 1.10).</summary>
/// <remarks>Tables are told apart by their names here; the id that Mixpanel's clients ask for is worked out of the name. An id that is no uuid is taken for a name, and makes the table where there is none.</remarks>
internal static class LookupTablesEndpoint
{
    private const int MaximumBytes = 100 << 20;

    public static async Task ListAsync(HttpContext context, ProjectAccess access, IDefinitions definitions)
    {
        if (await access.FindAsync(context.Request, context.Request.Query["project_id"].FirstOrDefault(), context.RequestAborted) is not { } project)
        {
            await StrictReply.SendUnauthorizedAsync(context.Response, context.RequestAborted);
            return;
        }

        var tables = await definitions.LookupTablesAsync(project.Id, context.RequestAborted);
        await ReplyJson.SendAsync(
            context.Response,
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteNumber("code", StatusCodes.Status200OK);
                json.WriteString("status", "OK");
                json.WriteStartArray("results");
                foreach (var table in tables)
                {
                    json.WriteStartObject();
                    json.WriteString("id", IdOf(table.Name));
                    json.WriteString("name", table.Name);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            },
            context.RequestAborted);
    }

    public static async Task ReplaceAsync(HttpContext context, ProjectAccess access, IDefinitions definitions)
    {
        if (await access.FindAsync(context.Request, context.Request.Query["project_id"].FirstOrDefault(), context.RequestAborted) is not { } project)
        {
            await StrictReply.SendUnauthorizedAsync(context.Response, context.RequestAborted);
            return;
        }

        var id = (string)context.Request.RouteValues["id"]!;
        var name = Guid.TryParse(id, out var asked)
            ? (await definitions.LookupTablesAsync(project.Id, context.RequestAborted)).Select(table => table.Name).FirstOrDefault(name => IdOf(name) == asked)
            : id;
        if (name is null)
        {
            await StrictReply.SendErrorAsync(context.Response, StatusCodes.Status404NotFound, $"There is no lookup table {id}", "Not Found", context.RequestAborted);
            return;
        }

        var (body, fault) = await BodyBytes.ReadAsync(context.Request, MaximumBytes, context.RequestAborted);
        if (fault is not null)
        {
            await StrictReply.SendFaultAsync(context.Response, fault, context.RequestAborted);
            return;
        }

        using var csv = new MemoryStream(body.ToArray(), writable: false);
        var saved = await definitions.SaveTableAsync(project.Id, name, csv, context.RequestAborted);
        await (saved.IsAccepted ? SendSavedAsync(context.Response, context.RequestAborted) : SendRefusedAsync(context.Response, saved.Problems, context.RequestAborted));
    }

    private static Task SendSavedAsync(HttpResponse response, CancellationToken cancellationToken) => ReplyJson.SendAsync(
        response,
        StatusCodes.Status200OK,
        json =>
        {
            json.WriteNumber("code", StatusCodes.Status200OK);
            json.WriteString("status", "OK");
        },
        cancellationToken);

    private static Task SendRefusedAsync(HttpResponse response, IReadOnlyList<Problem> problems, CancellationToken cancellationToken) => ReplyJson.SendAsync(
        response,
        StatusCodes.Status400BadRequest,
        json =>
        {
            json.WriteNumber("code", StatusCodes.Status400BadRequest);
            json.WriteString("status", "Bad Request");
            json.WriteString("error", "Some data points in the request failed validation.");
            json.WriteStartArray("failed_records");
            foreach (var problem in problems)
            {
                json.WriteStartObject();
                json.WriteNumber("index", RowOf(problem.Field));
                json.WriteString("message", problem.Rule);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        },
        cancellationToken);

    /// <summary>The row of "rows[3]"; 0 for what is wrong with the file as a whole.</summary>
    private static int RowOf(string field) =>
        field.StartsWith("rows[", StringComparison.Ordinal) && int.TryParse(field.AsSpan(5).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var row) ? row : 0;

    private static Guid IdOf(string name)
    {
        Span<byte> bytes = SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16);

        // Version 8 of RFC 9562: bits of one's own making.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
