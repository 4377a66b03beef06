using Microsoft.Data.Sqlite;
using NodaTime;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Delivery;

internal sealed partial class Ledger
{
    /// <summary>Records what providers answered, message by message, and settles their sends.</summary>
    public Task<int> RecordAsync(IReadOnlyList<(ClaimedMessage Message, ProviderAnswer Answer)> answers, CancellationToken cancellationToken) =>
        RecordAsync([.. answers.Select(answer => (answer.Message.Send, answer.Message.Message.Key, (ProviderAnswer?)answer.Answer))], cancellationToken);

    /// <summary>What a former run of the server claimed and never recorded.</summary>
    public Task<List<OrphanedMessage>> OrphansAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Rows(
                """
                SELECT sends.Id, sends.Project, sends.Channel, messages.Key
                FROM sends LEFT JOIN messages ON messages.Send = sends.Id AND messages.State = 1
                WHERE sends.State = 2 AND sends.Owner <> $owner
                """,
                reader => new OrphanedMessage(reader.GetInt64(0), new ProjectId(reader.GetInt32(1)), (Channel)reader.GetInt32(2), reader.Text(3)),
                ("$owner", _owner)),
            cancellationToken);

    /// <summary>Records what became of orphans: an answer, or null for "never accepted, send it again".</summary>
    public Task<int> ReconcileAsync(IReadOnlyList<(OrphanedMessage Orphan, ProviderAnswer? Answer)> findings, CancellationToken cancellationToken) =>
        RecordAsync([.. findings.Select(finding => (finding.Orphan.Send, finding.Orphan.Key, finding.Answer))], cancellationToken);

    private Task<int> RecordAsync(IReadOnlyList<(long Send, string? Key, ProviderAnswer? Answer)> answers, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                using var record = connection.Prepared(
                    """
                    UPDATE messages SET State = $state, Detail = $detail, ProviderId = COALESCE($provider, ProviderId), SettledAt = $settled
                    WHERE Key = $key AND Send = $send AND State = 1
                    """,
                    "$state", "$detail", "$provider", "$settled", "$key", "$send");
                var now = Now;
                foreach (var (send, key, answer) in answers.Where(answer => answer.Key is not null))
                {
                    record.Run(StateOf(answer), answer?.Detail, (answer as Accepted)?.ProviderId, SettledAt(answer, now), key, send);
                }

                foreach (var send in answers.GroupBy(answer => answer.Send))
                {
                    var attempts = connection.Rows("SELECT Attempts FROM sends WHERE Id = $id", reader => reader.GetInt32(0), ("$id", send.Key));
                    Settle(connection, send.Key, attempts.FirstOrDefault(), now, DelayOf([.. send.Select(answer => answer.Answer)], attempts.FirstOrDefault()));
                }

                return answers.Count;
            },
            cancellationToken);

    /// <summary>Derives a send's state from its messages. A delay of null means that nothing asks for another attempt.</summary>
    private void Settle(SqliteConnection connection, long send, int attemptCount, Instant now, Duration? delay)
    {
        if (attemptCount >= options.MaximumAttempts)
        {
            connection.Run("UPDATE messages SET State = 4 WHERE Send = $send AND State = 6", ("$send", send));
        }

        var states = connection.Rows("SELECT DISTINCT State FROM messages WHERE Send = $send", reader => (MessageState)reader.GetInt32(0), ("$send", send)).ToHashSet();
        var isHandedOver = states.Contains(MessageState.Accepted) || states.Contains(MessageState.Bounced);
        var (state, reason) = OutcomeOf(states, attemptCount >= options.MaximumAttempts);
        connection.Run(
            """
            UPDATE sends SET State = $state, Reason = $reason, DueAt = CASE WHEN $state = 1 THEN $due ELSE DueAt END, ChangedAt = $now,
                ReceivedAt = CASE WHEN $keeps THEN ReceivedAt ELSE NULL END,
                Detail = (SELECT Detail FROM messages WHERE Send = $id AND Detail IS NOT NULL ORDER BY Id DESC LIMIT 1)
            WHERE Id = $id AND State = 2
            """,
            ("$state", state), ("$reason", reason), ("$due", now + (delay ?? Duration.Zero)), ("$now", now), ("$keeps", isHandedOver || state == SendState.Unknown), ("$id", send));
    }

    private static (SendState State, SendReason? Reason) OutcomeOf(HashSet<MessageState> states, bool isLastAttempt) => states switch
    {
        { Count: 0 } => (SendState.Skipped, SendReason.MergedPerson),
        _ when states.Contains(MessageState.Sending) => (SendState.Sending, null),
        _ when states.Contains(MessageState.Waiting) => (SendState.Waiting, null),
        _ when states.Contains(MessageState.Accepted) => (SendState.Sent, null),
        _ when states.Contains(MessageState.Unknown) => (SendState.Unknown, SendReason.OutcomeUnknown),
        _ when states.Contains(MessageState.Failed) => (SendState.Failed, isLastAttempt ? SendReason.AttemptsUsedUp : SendReason.Refused),
        _ => (SendState.Bounced, null),
    };

    private static MessageState StateOf(ProviderAnswer? answer) => answer switch
    {
        null or TryLater or NotReady => MessageState.Waiting,
        Accepted => MessageState.Accepted,
        Bounced => MessageState.Bounced,
        Refused => MessageState.Failed,
        Lost => MessageState.Unknown,
        _ => throw new InvalidOperationException($"An answer of kind {answer.GetType().Name} has no state."),
    };

    private static Instant? SettledAt(ProviderAnswer? answer, Instant now) => answer switch
    {
        Accepted accepted => accepted.DeliveredAt,
        Bounced bounced => bounced.At ?? now,
        _ => null,
    };

    /// <summary>The longest wait that any message of a send asks for: what the provider says, else doubling from our own.</summary>
    private Duration? DelayOf(IReadOnlyList<ProviderAnswer?> answers, int attemptCount)
    {
        var longest = Duration.FromTimeSpan(options.MaximumRetryDelay);
        var doubled = Duration.Min(Duration.FromTimeSpan(options.RetryDelay) * Math.Pow(2, Math.Clamp(attemptCount - 1, 0, 20)), longest);
        Duration? delay = null;
        foreach (var answer in answers)
        {
            var wanted = answer switch
            {
                TryLater { After: { } after } => Duration.Min(after, longest),
                TryLater or NotReady => doubled,
                null => Duration.Zero,
                _ => (Duration?)null,
            };
            delay = wanted is { } some && (delay is null || some > delay) ? some : delay;
        }

        return delay;
    }
}

/// <summary>A send that a former run claimed; <paramref name="Key"/> names its message, null when none was written.</summary>
internal sealed record OrphanedMessage(long Send, ProjectId Project, Channel Channel, string? Key);
