using System.Text.Json;
using Fluid.Values;
using Rondo.Model.Events;

namespace Rondo.Engagement.Personalisation;

/// <summary>How property values look to a template.</summary>
internal static class LiquidValue
{
    /// <summary>The value; objects open by name, numbers beyond a decimal become text.</summary>
    public static FluidValue From(PropertyValue value) => value.Kind switch
    {
        PropertyKind.String => StringValue.Create(value.String),
        PropertyKind.Boolean => BooleanValue.Create(value.Boolean),
        PropertyKind.Number when Math.Abs(value.Number) < 1e15 => NumberValue.Create((decimal)value.Number),
        PropertyKind.Number => StringValue.Create(value.ToText()!),
        PropertyKind.List => new ArrayValue([.. value.Items.Select(From)]),
        PropertyKind.Object => new DictionaryValue(new JsonObjectScope(value.ObjectJson)),
        _ => NilValue.Instance,
    };

    private sealed class JsonObjectScope : IFluidIndexable
    {
        private readonly Dictionary<string, PropertyValue> _members = [];

        public JsonObjectScope(string json)
        {
            using var document = JsonDocument.Parse(json);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                _members[member.Name] = PropertyValueJson.From(member.Value);
            }
        }

        public int Count => _members.Count;

        public IEnumerable<string> Keys => _members.Keys;

        public bool TryGetValue(string name, out FluidValue value)
        {
            value = _members.TryGetValue(name, out var found) ? From(found) : NilValue.Instance;
            return found.IsSet;
        }
    }
}
