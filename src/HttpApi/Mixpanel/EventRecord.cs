using System.Text.Json;
using NodaTime;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Reads <c>{"event": …, "properties": {…}}</c>.</summary>
internal static class EventRecord
{
    private const int UsualPropertyCount = 16;

    public static SubmittedEvent Read(ref Utf8JsonReader reader, bool isStrict)
    {
        var submitted = new SubmittedEvent { Properties = new List<Property>(UsualPropertyCount) };
        var reading = new RecordReading(isStrict);
        var start = reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return Failed(new Fault(DropReason.Malformed, string.Empty, "the event is invalid: must be an object"));
        }

        var hasProperties = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("event"u8))
            {
                reader.Read();
                reading.Prefix = string.Empty;
                submitted.Name = reading.ReadText(ref reader, "event");
            }
            else if (reader.ValueTextEquals("properties"u8))
            {
                reader.Read();
                hasProperties = ReadProperties(ref reader, ref reading, submitted);
            }
            else
            {
                // SDKs put bookkeeping of their own beside the two.
                reader.Read();
                reader.Skip();
            }
        }

        if (!hasProperties)
        {
            reading.Prefix = string.Empty;
            reading.Refuse(DropReason.Malformed, "properties", "must be an object");
        }

        submitted.SizeBytes = (int)(reader.BytesConsumed - start);
        submitted.Fault = reading.Fault;
        return submitted;
    }

    public static SubmittedEvent Failed(Fault fault) => new() { Fault = fault };

    private static bool ReadProperties(ref Utf8JsonReader reader, ref RecordReading reading, SubmittedEvent submitted)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        reading.Prefix = "properties.";
        string? distinctId = null, distinctIdAlias = null, token = null, tokenAlias = null;
        Instant? timeAlias = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("token"u8))
            {
                token = NextId(ref reader, ref reading, "token");
            }
            else if (reader.ValueTextEquals("distinct_id"u8))
            {
                distinctId = NextId(ref reader, ref reading, "distinct_id");
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                submitted.Time = EpochTime.Read(ref reader, out var isInvalid);
                submitted.IsTimeInvalid = isInvalid;
            }
            else if (reader.ValueTextEquals("$insert_id"u8))
            {
                submitted.InsertId = NextId(ref reader, ref reading, "$insert_id");
            }
            else if (reader.ValueTextEquals("$device_id"u8))
            {
                submitted.DeviceId = NextId(ref reader, ref reading, "$device_id");
            }
            else if (reader.ValueTextEquals("$user_id"u8))
            {
                submitted.UserId = NextId(ref reader, ref reading, "$user_id");
            }
            else if (reader.ValueTextEquals("$distinct_id"u8))
            {
                distinctIdAlias = NextId(ref reader, ref reading, "$distinct_id");
            }
            else if (reader.ValueTextEquals("$token"u8))
            {
                tokenAlias = NextId(ref reader, ref reading, "$token");
            }
            else if (reader.ValueTextEquals("$time"u8))
            {
                reader.Read();
                timeAlias = EpochTime.Read(ref reader, out _);
            }
            else if (reader.ValueTextEquals("$ignore"u8))
            {
                reader.Read();
                submitted.IsIgnored = RecordReading.ReadSwitch(ref reader);
            }
            else if (reader.ValueTextEquals("ip"u8))
            {
                // Addresses are personal data; they are never stored (Mixpanel reference, 1.7).
                reader.Read();
                reader.Skip();
            }
            else
            {
                ReadProperty(ref reader, ref reading, submitted.Properties);
            }
        }

        submitted.Time ??= timeAlias;
        submitted.DistinctId = distinctId ?? distinctIdAlias;
        submitted.Token = token ?? tokenAlias;
        return true;
    }

    private static string? NextId(ref Utf8JsonReader reader, ref RecordReading reading, string field)
    {
        reader.Read();
        return reading.ReadId(ref reader, field);
    }

    private static void ReadProperty(ref Utf8JsonReader reader, ref RecordReading reading, List<Property> properties)
    {
        var name = JsonText.Read(ref reader, out _);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        var value = reading.ReadValue(ref reader, name);
        if (value.IsSet)
        {
            properties.Add(new Property(name, value));
        }
    }
}
