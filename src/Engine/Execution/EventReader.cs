using NodaTime;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Events;

namespace Rondo.Engine.Execution;

/// <summary>Puts a row together again as the event that was ingested. Of its insert id only the key was kept: see <see cref="InsertKey"/>.</summary>
internal sealed class EventReader(IdDirectory ids)
{
    public unsafe TrackedEvent Read(Run run, int row)
    {
        var columns = run.Columns;
        var properties = new List<Property>();
        foreach (var name in run.PropertyNames)
        {
            if (run.Property(name)!.ValueAt(row) is { IsSet: true } value)
            {
                properties.Add(new Property(name, value));
            }
        }

        var id = ids.IdOf(IdOf(run, row));
        var isUntold = columns.UntoldUsers is not null && columns.UntoldUsers[row] != 0;
        var device = columns.Devices is null ? IdDirectory.Nobody : columns.Devices[row];
        return new TrackedEvent
        {
            Name = run.EventName!,
            DistinctId = id,
            Time = Instant.FromUnixTimeMilliseconds(columns.Times[row]),
            InsertId = columns.InsertKeys is null ? null : InsertKey.ToInsertId(columns.InsertKeys[row]),
            DeviceId = ids.IdOf(device) is { Length: > 0 } known ? known[DeviceIds.Prefix.Length..] : null,
            UserId = IsUser(id) == isUntold ? null : id,
            Properties = properties,
        };
    }

    /// <summary>Whether an id alone tells that it is a user's.</summary>
    public static bool IsUser(string distinctId) => distinctId.Length > 0 && !DeviceIds.IsDevice(distinctId);

    /// <summary>The id a row was stored under.</summary>
    public static unsafe int IdOf(Run run, int row)
    {
        var columns = run.Columns;
        if (columns.Ids is not null)
        {
            return columns.Ids[row];
        }

        var person = new ReadOnlySpan<int>(columns.Starts, columns.PersonCount).BinarySearch(row);
        return columns.Persons[person < 0 ? ~person - 1 : person];
    }
}
