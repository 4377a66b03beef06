using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Serialization;
using Rondo.Model.Cohorts;
using Rondo.Model.Events;
using Rondo.Model.Queries;

namespace Rondo.Web.Tests.Features;

/// <summary>
/// The report pages offer all that the interface takes. Every field of every question is found by reflection; each must be
/// changed by some case of <see cref="ReportControls"/>, which operates the page's own control and reads the changed question
/// back from the address. A field that is added without a control makes this fail, with its name.
/// </summary>
public sealed class EveryFieldHasItsControl
{
    private static readonly Type[] Questions = [typeof(InsightsQuery), typeof(FunnelQuery), typeof(RetentionQuery), typeof(FrequencyQuery), typeof(FlowQuery)];

    public static TheoryData<string> Cases => [.. ReportControls.All.Select(one => one.Name)];

    [Fact]
    public void Every_field_of_every_question_is_changed_by_a_control()
    {
        var fields = Questions.SelectMany(question => FieldsUnder(question, [])).ToHashSet();
        fields.Count.ShouldBeGreaterThan(100, "else the questions were not looked through");
        var changed = ReportControls.All.SelectMany(one => Differences(one.Before, one.After)).ToHashSet();
        fields.Where(field => !changed.Contains(field)).Select(field => $"{field.DeclaringType!.Name}.{field.Name}").Except(GivenAtBirth).Order(StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_control_changes_its_field_and_the_address_says_so(string name) => ReportControls.All.Single(one => one.Name == name).CheckAsync();

    /// <summary>Values that are picked whole, whatever they consist of.</summary>
    private static readonly Type[] Whole = [typeof(CohortId), typeof(Segment), typeof(PropertyValue)];

    /// <summary>What is fixed when a row is added: another one is another row.</summary>
    private static readonly string[] GivenAtBirth = [$"{nameof(FlowExpansion)}.{nameof(FlowExpansion.Event)}"];

    /// <summary>The fields that questions are written with, wherever below a question they stand.</summary>
    private static List<PropertyInfo> FieldsUnder(Type type, HashSet<Type> seen)
    {
        var own = Unwrapped(type);
        if (!HasFields(own) || !seen.Add(own))
        {
            return [];
        }

        var derived = own.GetCustomAttributes<JsonDerivedTypeAttribute>().SelectMany(one => FieldsUnder(one.DerivedType, seen));
        return FieldsOf(own).SelectMany(field => FieldsUnder(field.PropertyType, seen).Prepend(Declared(field))).Concat(derived).ToList();
    }

    private static IEnumerable<PropertyInfo> FieldsOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(field => field.SetMethod is not null && field.GetCustomAttribute<JsonIgnoreAttribute>() is null or { Condition: not JsonIgnoreCondition.Always });

    /// <summary>A field of a base type is one field, whichever derived type it is seen on.</summary>
    private static PropertyInfo Declared(PropertyInfo field) => field.DeclaringType!.GetProperty(field.Name)!;

    private static Type Unwrapped(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? Unwrapped(inner)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) ? Unwrapped(type.GetGenericArguments()[0])
        : type;

    /// <summary>
    /// The fields in which two questions differ. Of what is new only the field that holds it counts: how it was made says nothing
    /// about whether it can be changed.
    /// </summary>
    private static List<PropertyInfo> Differences(object? before, object? after)
    {
        if (before is null || after is null || before.GetType() != after.GetType() || !HasFields(after.GetType()))
        {
            return [];
        }

        return FieldsOf(after.GetType()).SelectMany(field =>
        {
            var (was, now) = (field.GetValue(before), field.GetValue(after));
            if (IsSame(was, now))
            {
                return [];
            }

            return now is IEnumerable and not string
                ? Items(was).Zip(Items(now)).SelectMany(pair => Differences(pair.First, pair.Second)).Prepend(Declared(field))
                : Differences(was, now).Prepend(Declared(field));
        }).ToList();
    }

    private static bool HasFields(Type type) => type.Namespace?.StartsWith("Rondo.Model", StringComparison.Ordinal) == true && !type.IsEnum && !Whole.Contains(type);

    private static bool IsSame(object? was, object? now) => was is IEnumerable and not string || now is IEnumerable and not string
        ? Items(was).SequenceEqual(Items(now))
        : Equals(was, now);

    private static List<object?> Items(object? list) =>
        list is null || (list.GetType().GetProperty(nameof(ImmutableArray<int>.IsDefault))?.GetValue(list) is true) ? [] : [.. ((IEnumerable)list).Cast<object?>()];
}
