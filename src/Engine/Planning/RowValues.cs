using NodaTime;
using Rondo.Engine.Parts;
using Rondo.Engine.Profiles;
using Rondo.Model.Events;

namespace Rondo.Engine.Planning;

/// <summary>The values of one property over the rows of a run, wherever they come from. Read-only after it was made, so threads share it.</summary>
internal abstract class RowValues
{
    /// <param name="row">The row.</param>
    /// <param name="person">Who did it.</param>
    public abstract PropertyValue At(int row, int person);

    /// <summary>The number at a row; NaN where there is none.</summary>
    public virtual double NumberAt(int row, int person) => At(row, person) is { Kind: PropertyKind.Number } value ? value.Number : double.NaN;
}

/// <summary>As ingested; without columns no row has the property.</summary>
internal sealed class StoredValues(PropertyColumns? columns) : RowValues
{
    public PropertyColumns? Columns => columns;

    public override PropertyValue At(int row, int person) => columns is null ? PropertyValue.Null : columns.ValueAt(row);

    public override double NumberAt(int row, int person) => columns?.Numbers is { } numbers ? numbers.ValueAt(row) : double.NaN;
}

/// <summary>Per row a number into distinct values.</summary>
internal sealed class CodedValues(int[] codes, PropertyValue[] values) : RowValues
{
    public int[] Codes => codes;

    public PropertyValue[] Values => values;

    public override PropertyValue At(int row, int person) => values[codes[row]];
}

/// <summary>Of the person who did the event, as known now.</summary>
internal sealed class PersonValues(PersonColumn<PropertyValue> byPerson) : RowValues
{
    public override PropertyValue At(int row, int person) => byPerson[person];
}

/// <summary>When the event happened.</summary>
internal sealed class TimeValues(Run run) : RowValues
{
    public long MillisecondsAt(int row) => run.Columns.Times[row];

    public override PropertyValue At(int row, int person) => PropertyValue.Of(Instant.FromUnixTimeMilliseconds(run.Columns.Times[row]));
}

/// <summary>The same for every row.</summary>
internal sealed class ConstantValue(PropertyValue value) : RowValues
{
    public override PropertyValue At(int row, int person) => value;
}
