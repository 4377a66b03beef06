using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Avro;
using Avro.File;
using Avro.Generic;
using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming.Receivers;

/// <summary>
/// Events of one type as an Avro object container file, with the schema of Currents' storage: the user's fields beside the
/// others, and properties of the customer's own as JSON in a text. Field types never change and further fields are optional.
/// </summary>
internal static class AvroFile
{
    private static readonly ConcurrentDictionary<string, RecordSchema> Schemas = new(StringComparer.Ordinal);

    public static byte[] Of(CurrentsShape shape, IEnumerable<StreamedEvent> events, string application)
    {
        var schema = SchemaOf(shape);
        using var file = new MemoryStream();
        using (var writer = DataFileWriter<GenericRecord>.OpenWriter(new GenericDatumWriter<GenericRecord>(schema), file, Codec.CreateCodec(Codec.Type.Deflate), leaveOpen: true))
        {
            foreach (var streamed in events)
            {
                writer.Append(RecordOf(schema, streamed, application));
            }
        }

        return file.ToArray();
    }

    /// <summary>The schema of a type.</summary>
    public static RecordSchema SchemaOf(CurrentsShape shape) => Schemas.GetOrAdd(shape.Type.Type, _ =>
    {
        var fields = new JsonArray(
            Field("id", "string", isRequired: true),
            Field("time", "long", isRequired: true),
            Field("user_id", "string", isRequired: true),
            Field("external_user_id", "string", isRequired: false));
        foreach (var name in shape.Type.UserFields)
        {
            fields.Add(Field(name, "string", isRequired: false));
        }

        foreach (var field in shape.Fields)
        {
            fields.Add(Field(NameOf(field), TypeOf(field.Kind), field.IsRequired));
        }

        var type = shape.Type.Type;
        var dot = type.LastIndexOf('.');
        return (RecordSchema)Schema.Parse(new JsonObject { ["type"] = "record", ["name"] = type[(dot + 1)..], ["namespace"] = type[..dot], ["fields"] = fields }.ToJsonString());
    });

    private static GenericRecord RecordOf(RecordSchema schema, StreamedEvent streamed, string application)
    {
        var record = new GenericRecord(schema);
        record.Add("id", streamed.Id);
        record.Add("time", streamed.Tracked.Time.ToUnixTimeSeconds());
        record.Add("user_id", streamed.Person);
        record.Add("external_user_id", streamed.ExternalId);
        foreach (var name in streamed.Shape.Type.UserFields)
        {
            record.Add(name, name == "device_id" ? streamed.DeviceId : name == "timezone" ? streamed.TimeZone : null);
        }

        foreach (var field in streamed.Shape.Fields)
        {
            record.Add(NameOf(field), null);
        }

        foreach (var (field, value) in streamed.Shape.ValuesOf(streamed.Tracked, application))
        {
            record.Add(NameOf(field), ValueOf(field.Kind, value));
        }

        return record;
    }

    private static string NameOf(CurrentsField field) => field.Kind == CurrentsFieldKind.Json ? "properties" : field.Name;

    private static object ValueOf(CurrentsFieldKind kind, PropertyValue value) => kind switch
    {
        CurrentsFieldKind.Float => value.Number,
        CurrentsFieldKind.Integer => (long)value.Number,
        CurrentsFieldKind.Boolean => value.Boolean,
        CurrentsFieldKind.Texts => value.Items.Select(item => (object)item.ToText()!).ToArray(),
        CurrentsFieldKind.Json => value.ObjectJson,
        _ => value.String,
    };

    private static JsonNode TypeOf(CurrentsFieldKind kind) => kind switch
    {
        CurrentsFieldKind.Float => "double",
        CurrentsFieldKind.Integer => "long",
        CurrentsFieldKind.Boolean => "boolean",
        CurrentsFieldKind.Texts => new JsonObject { ["type"] = "array", ["items"] = "string" },
        _ => "string",
    };

    private static JsonObject Field(string name, JsonNode type, bool isRequired) => isRequired
        ? new JsonObject { ["name"] = name, ["type"] = type }
        : new JsonObject { ["name"] = name, ["type"] = new JsonArray("null", type), ["default"] = null };
}
