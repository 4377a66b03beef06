using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>
/// A page as a file: one JSON object a line, first the cohort and what the page asks for, then the members. Names sort in the
/// order in which pages are to be read, and a page that is sent again takes the place of the first.
/// </summary>
internal static class MemberFile
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Such as <c>COHORT/00000007-1-add-000001.ndjson</c>.</summary>
    public static string NameOf(SentCohort cohort, MemberPage page) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cohort.RemoteId}/{page.Run:d8}-{(page.Action == PageAction.Remove ? "2-remove" : page.Action == PageAction.Replace ? "1-replace" : "1-add")}-{page.Number:d6}.ndjson");

    public static byte[] ContentOf(SentCohort cohort, MemberPage page)
    {
        using var content = new MemoryStream();
        using var json = new Utf8JsonWriter(content, Readable);
        json.WriteStartObject();
        json.WriteString("cohort_id", cohort.RemoteId);
        json.WriteString("cohort_name", cohort.Name);
        json.WriteString("operation", page.Action switch { PageAction.Add => "add", PageAction.Remove => "remove", _ => "replace" });
        json.WriteNumber("page", page.Number);
        json.WriteNumber("pages", Math.Max(page.Count, page.Number));
        json.WriteNumber("members", page.Members.Count);
        json.WriteEndObject();
        EndLine(json, content);
        foreach (var member in page.Members)
        {
            json.WriteStartObject();
            json.WriteString(member.Kind switch { IdentifierKind.ExternalId => "external_id", IdentifierKind.Alias => "alias_name", _ => "device_id" }, member.Identifier);
            if (member.AliasLabel is { } label)
            {
                json.WriteString("alias_label", label);
            }

            json.WriteEndObject();
            EndLine(json, content);
        }

        return content.ToArray();
    }

    private static void EndLine(Utf8JsonWriter json, MemoryStream content)
    {
        json.Flush();
        json.Reset();
        content.WriteByte((byte)'\n');
    }
}
