using NodaTime;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Events;

namespace Rondo.Engine.Execution;

/// <summary>Puts a row together again as the event that was ingested.</summary>
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

        return new TrackedEvent
        {
            Name = run.EventName!,
            DistinctId = ids.IdOf(columns.Ids[row]),
            Time = Instant.FromUnixTimeMilliseconds(columns.Times[row]),
            InsertId = run.InsertIdOf(row),
            DeviceId = columns.Devices[row] == IdDirectory.Nobody ? null : ids.IdOf(columns.Devices[row])[DeviceIds.Prefix.Length..],
            UserId = columns.Users[row] == IdDirectory.Nobody ? null : ids.IdOf(columns.Users[row]),
            Properties = properties,
        };
    }
}
