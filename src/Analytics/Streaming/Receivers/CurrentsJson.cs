using System.Text.Encodings.Web;
using System.Text.Json;
using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming.Receivers;

/// <summary>An event as Currents sends it over HTTP (Braze reference, 3.2).</summary>
internal static class CurrentsJson
{
    /// <summary>Plain characters stay plain: the text is never put into HTML unescaped.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter json, StreamedEvent streamed, string application)
    {
        json.WriteStartObject();
        json.WriteString("event_type", streamed.Shape.Type.Type);
        json.WriteString("id", streamed.Id);
        json.WriteNumber("time", streamed.Tracked.Time.ToUnixTimeSeconds());
        json.WriteStartObject("user");
        json.WriteString("user_id", streamed.Person);
        if (streamed.ExternalId is { } externalId)
        {
            json.WriteString("external_user_id", externalId);
        }

        foreach (var field in streamed.Shape.Type.UserFields)
        {
            if ((field == "device_id" ? streamed.DeviceId : field == "timezone" ? streamed.TimeZone : null) is { } value)
            {
                json.WriteString(field, value);
            }
        }

        json.WriteEndObject();
        json.WriteStartObject("properties");
        foreach (var (field, value) in streamed.Shape.ValuesOf(streamed.Tracked, application))
        {
            json.WritePropertyName(field.Name);
            PropertyValueJson.Write(json, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
