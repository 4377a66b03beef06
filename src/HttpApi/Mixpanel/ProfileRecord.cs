using System.Text.Json;
using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.HttpApi.Mixpanel;

/// <summary>Reads <c>{"$token": …, "$distinct_id": …, "$set": {…}}</c> (Mixpanel reference, 1.8).</summary>
internal static class ProfileRecord
{
    public static SubmittedProfileUpdate Read(ref Utf8JsonReader reader, bool isStrict)
    {
        var update = new SubmittedProfileUpdate();
        var reading = new RecordReading(isStrict);
        var start = reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return Failed(new Fault(DropReason.Malformed, string.Empty, "the update is invalid: must be an object"));
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader, out _);
            reader.Read();
            ReadField(ref reader, ref reading, update, name);
        }

        update.SizeBytes = (int)(reader.BytesConsumed - start);
        update.Fault = reading.Fault;
        return update;
    }

    public static SubmittedProfileUpdate Failed(Fault fault) => new() { Fault = fault };

    private static void ReadField(ref Utf8JsonReader reader, ref RecordReading reading, SubmittedProfileUpdate update, string name)
    {
        switch (name)
        {
            case "$token" or "token":
                update.Token = reading.ReadId(ref reader, name) ?? update.Token;
                break;
            case "$distinct_id" or "distinct_id":
                update.DistinctId = reading.ReadId(ref reader, name) ?? update.DistinctId;
                break;
            case "$time":
                update.Time = EpochTime.Read(ref reader, out var isInvalid);
                update.IsTimeInvalid = isInvalid;
                break;
            case "$ignore_time":
                update.IgnoreTime = RecordReading.ReadSwitch(ref reader);
                break;
            case "$ignore_alias":
                update.IgnoreAlias = RecordReading.ReadSwitch(ref reader);
                break;
            case "$unset":
                update.Operations.Add(new ProfileOperation(ProfileOperator.Unset, ReadNames(ref reader, ref reading)));
                break;
            case "$delete":
                reader.Skip();
                update.Operations.Add(new ProfileOperation(ProfileOperator.Delete, []));
                break;
            default:
                if (OperatorOf(name) is { } profileOperator)
                {
                    update.Operations.Add(new ProfileOperation(profileOperator, ReadOperands(ref reader, ref reading, name)));
                }
                else
                {
                    // SDKs put $ip, $mp_metadata and others beside the operator.
                    reader.Skip();
                }

                break;
        }
    }

    private static ProfileOperator? OperatorOf(string name) => name switch
    {
        "$set" => ProfileOperator.Set,
        "$set_once" => ProfileOperator.SetOnce,
        "$add" => ProfileOperator.Add,
        "$append" => ProfileOperator.Append,
        "$union" => ProfileOperator.Union,
        "$remove" => ProfileOperator.Remove,
        _ => null,
    };

    private static List<Property> ReadOperands(ref Utf8JsonReader reader, ref RecordReading reading, string name)
    {
        var operands = new Dictionary<string, PropertyValue>(StringComparer.Ordinal);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            reading.Refuse(DropReason.InvalidOperand, name, "must be an object");
            return [];
        }

        reading.Prefix = name + ".";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = JsonText.Read(ref reader, out _);
            reader.Read();
            operands[property] = reading.ReadValue(ref reader, property);
        }

        reading.Prefix = string.Empty;
        return [.. operands.Select(operand => new Property(operand.Key, operand.Value))];
    }

    private static List<Property> ReadNames(ref Utf8JsonReader reader, ref RecordReading reading)
    {
        var names = reading.ReadValue(ref reader, "$unset");
        var list = names.Kind == PropertyKind.List ? names.Items : [names];
        if (list.All(name => name.Kind == PropertyKind.String))
        {
            return [.. list.Select(name => name.String).Distinct(StringComparer.Ordinal).Select(name => new Property(name, PropertyValue.Null))];
        }

        reading.Refuse(DropReason.InvalidOperand, "$unset", "must be a list of names");
        return [];
    }
}
