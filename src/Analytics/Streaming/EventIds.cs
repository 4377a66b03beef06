using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rondo.Model.Events;

namespace Rondo.Analytics.Streaming;

/// <summary>
/// The ids under which events are sent. They are made of what the store itself tells duplicates by, so a duplicate in the log
/// has the id of the first, and sending the past again repeats the ids. Frozen: receivers remember them.
/// </summary>
internal static class EventIds
{
    /// <summary>The id of an event.</summary>
    /// <param name="application">The project's token.</param>
    /// <param name="tracked">The event.</param>
    /// <param name="keptInsertId">Its insert id as the store keeps it; null for none.</param>
    /// <param name="place">What tells an event without an insert id from another one like it.</param>
    public static string Of(string application, TrackedEvent tracked, string? keptInsertId, string place)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{application}\n{tracked.Name}\n{tracked.DistinctId}\n{tracked.Time.ToUnixTimeMilliseconds()}\n{keptInsertId ?? "@" + place}");
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return new Guid(hash[..16]).ToString("d");
    }
}
