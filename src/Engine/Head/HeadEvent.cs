using System.IO.Hashing;
using System.Text;
using Rondo.Model.Events;

namespace Rondo.Engine.Head;

/// <summary>An accepted event with the numbers the store gave it.</summary>
/// <param name="Name">Number of its name.</param>
/// <param name="Id">Number of the id as ingested.</param>
/// <param name="Device">Number of the device's id; 0 for none.</param>
/// <param name="User">Number of the user's id; 0 for none.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="InsertKey">Hash of the insert id; 0 for none.</param>
/// <param name="Arrival">Its number in the order of acceptance.</param>
/// <param name="Event">The event itself.</param>
internal readonly record struct HeadEvent(int Name, int Id, int Device, int User, long Time, ulong InsertKey, long Arrival, TrackedEvent Event)
{
    /// <summary>The key of an insert id: 64 bits of XxHash3, never 0.</summary>
    /// <remarks>Two rows are duplicates only when name, id and time agree as well, so a collision needs all four.</remarks>
    public static ulong InsertKeyOf(string? insertId)
    {
        if (insertId is null)
        {
            return 0;
        }

        var hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(insertId));
        return hash == 0 ? 1 : hash;
    }
}
