using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Model.Cohorts;

/// <summary>Names a cohort within its project; a positive number, shown as it is to vendors' APIs. The default (0) names none.</summary>
[JsonConverter(typeof(CohortIdJsonConverter))]
public readonly record struct CohortId(int Value)
{
    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Writes a cohort id as a plain number.</summary>
public sealed class CohortIdJsonConverter : JsonConverter<CohortId>
{
    /// <inheritdoc/>
    public override CohortId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CohortId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}
