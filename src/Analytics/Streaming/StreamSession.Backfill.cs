using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rondo.Model.Events;
using Rondo.Model.Time;

namespace Rondo.Analytics.Streaming;

internal sealed partial class StreamSession
{
    private const int EventsPerPiece = 50_000;
    private static readonly Duration ShortestPiece = Duration.FromMinutes(1);
    private static readonly Duration LongestPiece = Duration.FromDays(64);

    private Duration _piece = Duration.FromHours(1);

    /// <summary>
    /// Sends what happened within the next piece of the past. Pieces grow and shrink so that each holds some tens of thousands
    /// of events; one that was interrupted is sent again from its beginning.
    /// </summary>
    private async Task<Turn> BackfillTurnAsync(Instant reached, CancellationToken cancellationToken)
    {
        var chosen = (await store.EventNamesAsync(cancellationToken)).Where(name => selection.Includes(name.Name)).ToList();
        var start = chosen.Count == 0 ? row.BackfillEnd!.Value : Instant.Max(reached, Instant.Min(row.BackfillEnd!.Value, chosen.Min(name => name.First)));
        var end = Instant.Min(row.BackfillEnd!.Value, start + _piece);
        var tally = new StreamTally();
        var (waiting, places, count) = (new List<StreamedEvent>(), new Dictionary<string, int>(StringComparer.Ordinal), 0);
        if (start < end)
        {
            await foreach (var tracked in store.ExportAsync([.. chosen.Select(name => name.Name)], new TimeWindow(start, end), cancellationToken))
            {
                if (mapper.Map(tracked, PlaceOf(tracked, places), tally) is not { } streamed)
                {
                    continue;
                }

                waiting.Add(streamed);
                count++;
                if (waiting.Count >= receiver.MaximumEvents)
                {
                    if (await _sender.SendAsync(waiting, tally, cancellationToken) is { } trouble)
                    {
                        return await TroubleAsync(trouble);
                    }

                    waiting.Clear();
                }
            }
        }

        if (waiting.Count > 0 && await _sender.SendAsync(waiting, tally, cancellationToken) is { } late)
        {
            return await TroubleAsync(late);
        }

        _piece = count > 2 * EventsPerPiece ? Duration.Max(ShortestPiece, _piece / 2) : count < EventsPerPiece / 2 ? Duration.Min(LongestPiece, _piece * 2) : _piece;
        return await SettleAsync(tally, _position, end);
    }

    /// <summary>Events without an insert id are told apart by what they hold, and those alike by their order.</summary>
    private static string PlaceOf(TrackedEvent tracked, Dictionary<string, int> places)
    {
        if (tracked.InsertId is not null)
        {
            return string.Empty;
        }

        var content = new StringBuilder().Append(tracked.Name).Append('\n').Append(tracked.DistinctId).Append('\n').Append(tracked.Time.ToUnixTimeMilliseconds());
        foreach (var (name, value) in tracked.Properties.OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            content.Append('\n').Append(name).Append('=').Append(PropertyValueJson.Write(value));
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString())));
        places[key] = places.TryGetValue(key, out var seen) ? seen + 1 : 1;
        return $"{key}/{places[key]}";
    }
}
