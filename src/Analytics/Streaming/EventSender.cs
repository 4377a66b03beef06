using Rondo.Analytics.AudienceSync.Destinations;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Streaming.Data;
using Rondo.Analytics.Streaming.Receivers;

namespace Rondo.Analytics.Streaming;

/// <summary>
/// Hands events to a receiver until each is settled: taken, or refused alone. A refusal of many is looked for in halves; more than
/// the receiver takes at once is sent in halves too, and for a while no request is as large again.
/// </summary>
/// <param name="receiver">Where to.</param>
/// <param name="claimNumber">Gives the next number of what carries one.</param>
/// <param name="time">The clock.</param>
internal sealed class EventSender(IEventReceiver receiver, Func<CancellationToken, Task<long>> claimNumber, TimeProvider time)
{
    private int _largest = receiver.MaximumEvents;
    private int _refusedInARow;

    /// <summary>After so many refused one by one with none accepted between them it stops.</summary>
    public required int MostRefusals { get; set; }

    /// <summary>Null when all are settled, which is counted; otherwise what stands in the way.</summary>
    public async Task<DestinationAnswer?> SendAsync(IReadOnlyList<StreamedEvent> events, StreamTally tally, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < events.Count;)
        {
            var part = events.Skip(sent).Take(_largest).ToList();
            if (await SendPartAsync(part, tally, cancellationToken) is { } trouble)
            {
                return trouble;
            }

            sent += part.Count;
        }

        return null;
    }

    private async Task<DestinationAnswer?> SendPartAsync(List<StreamedEvent> events, StreamTally tally, CancellationToken cancellationToken)
    {
        var answer = await receiver.SendAsync(events, receiver.IsNumbered ? await claimNumber(cancellationToken) : 0, cancellationToken);
        switch (answer)
        {
            case Taken:
                Count(tally, events.Count);
                return null;
            case TakenInPart part:
                tally.Losses.AddRange(part.Refused.Select(refused => LossOf(events[refused.Index], StreamLoss.Refused, refused.Reason)));
                Count(tally, events.Count - part.Refused.Count);
                return null;
            case TooLarge when events.Count > 1:
                _largest = Math.Max(1, events.Count / 2);
                return await SendHalvesAsync(events, tally, cancellationToken);
            case PageRefused when events.Count > 1:
                return await SendHalvesAsync(events, tally, cancellationToken);
            case TooLarge or PageRefused when ++_refusedInARow < MostRefusals:
                tally.Losses.Add(LossOf(events[0], answer is TooLarge ? StreamLoss.TooLarge : StreamLoss.Refused, answer.Detail));
                return null;
            case TooLarge or PageRefused:
                return new Stopped(answer.Detail, SyncAdvice.ReadAnswer);
            default:
                return answer;
        }
    }

    private async Task<DestinationAnswer?> SendHalvesAsync(List<StreamedEvent> events, StreamTally tally, CancellationToken cancellationToken)
    {
        var half = events.Count / 2;
        return await SendPartAsync(events[..half], tally, cancellationToken) ?? await SendPartAsync(events[half..], tally, cancellationToken);
    }

    private void Count(StreamTally tally, int count)
    {
        _refusedInARow = 0;
        _largest = Math.Min(receiver.MaximumEvents, _largest + Math.Max(1, receiver.MaximumEvents / 50));
        tally.Sent += count;
        tally.LastSentAt = time.GetCurrentInstant();
    }

    private StreamRecordRow LossOf(StreamedEvent streamed, StreamLoss reason, string detail) => new()
    {
        StreamId = 0,
        At = time.GetCurrentInstant(),
        EventId = streamed.Id,
        Event = streamed.Tracked.Name,
        DistinctId = streamed.Person,
        Reason = reason,
        Detail = detail,
    };
}
