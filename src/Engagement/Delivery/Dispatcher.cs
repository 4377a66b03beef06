using Microsoft.Extensions.Logging;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

/// <summary>Sends what is due: prepare, claim, hand over, record; a chunk at a time.</summary>
internal sealed partial class Dispatcher(
    Ledger ledger, MessageComposer composer, ChannelProviders providers, ChannelDesk desk, Signals signals, EngagementOptions options, ILogger<Dispatcher> logger)
{
    /// <summary>Sends one chunk of a project's channel.</summary>
    public async Task<ChunkOutcome> SendDueAsync(ProjectId project, Channel channel, CancellationToken cancellationToken)
    {
        var due = await ledger.DueAsync(project, channel, options.MaximumInFlight, cancellationToken);
        if (due.Count == 0)
        {
            return new ChunkOutcome(0, IsHeldUp: false);
        }

        var provider = await providers.FindAsync(project, channel);
        var prepared = new List<PreparedSend>(due.Count);
        foreach (var send in due)
        {
            prepared.Add(provider is null ? PreparedSend.Refused(send, SendReason.ChannelNotReady, "no provider") : await composer.PrepareAsync(project, send, cancellationToken));
        }

        var claimed = await ledger.ClaimAsync(prepared, cancellationToken);
        var isHeldUp = claimed.Count > 0 && provider is not null && await HandOverAsync(project, channel, provider, claimed);
        signals.Reports.Raise();
        return new ChunkOutcome(due.Count, isHeldUp);
    }

    /// <summary>
    /// Settles what a former run claimed and did not record. A provider that remembers is asked; where nobody can say, the
    /// message counts as unknown and is not repeated.
    /// </summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var orphans = await ledger.OrphansAsync(cancellationToken);
        foreach (var lane in orphans.GroupBy(orphan => (orphan.Project, orphan.Channel)))
        {
            var provider = await providers.FindAsync(lane.Key.Project, lane.Key.Channel);
            foreach (var chunk in lane.Chunk(500))
            {
                var answers = provider is IRemembersMessages memory
                    ? await memory.RecallAsync([.. chunk.Where(orphan => orphan.Key is not null).Select(orphan => orphan.Key!)], cancellationToken)
                    : null;
                await ledger.ReconcileAsync([.. chunk.Select(orphan => (orphan, AnswerOf(orphan, answers)))], cancellationToken);
            }

            LogReconciled(lane.Count(), lane.Key.Project, lane.Key.Channel);
        }

        if (orphans.Count > 0)
        {
            signals.Reports.Raise();
            signals.Sends.Raise();
        }
    }

    private static ProviderAnswer? AnswerOf(OrphanedMessage orphan, IReadOnlyDictionary<string, ProviderAnswer>? answers) =>
        answers is null ? new Lost("the server ended while it was on its way") : orphan.Key is { } key ? answers.GetValueOrDefault(key) : null;

    /// <summary>Once claimed, messages are handed over and recorded even while the server is stopping: that is quicker than not knowing. True when the provider took nothing at all.</summary>
    private async Task<bool> HandOverAsync(ProjectId project, Channel channel, IChannelProvider provider, List<ClaimedMessage> claimed)
    {
        var answers = await Task.WhenAll(claimed.Select(message => provider.SendAsync(message.Message, CancellationToken.None)));
        await ledger.RecordAsync([.. claimed.Zip(answers)], CancellationToken.None);
        if (answers.OfType<NotReady>().FirstOrDefault() is { } notReady)
        {
            LogNotReady(project, channel, notReady.Detail);
            await desk.RaiseAsync(project, channel, notReady.Detail ?? string.Empty, CancellationToken.None);
        }
        else if (answers.OfType<Accepted>().Any())
        {
            await desk.LiftAsync(project, channel, CancellationToken.None);
        }

        return answers.All(answer => answer is NotReady or TryLater);
    }

    [LoggerMessage(LogLevel.Information, "{Count} messages of project {Project} ({Channel}) were on their way when the server ended; reconciled.")]
    private partial void LogReconciled(int count, ProjectId project, Channel channel);

    [LoggerMessage(LogLevel.Warning, "The provider of project {Project} ({Channel}) does not accept us: {Detail}.")]
    private partial void LogNotReady(ProjectId project, Channel channel, string? detail);
}

/// <summary>What became of one chunk.</summary>
/// <param name="Count">Sends dealt with; 0 when nothing was due.</param>
/// <param name="IsHeldUp">The provider took nothing: the lane should pause rather than use up everybody's attempts.</param>
internal readonly record struct ChunkOutcome(int Count, bool IsHeldUp);
