using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Channels.Sandbox;

/// <summary>A provider inside the server: takes a moment, remembers every key on disk, bounces dead addresses.</summary>
internal sealed class SandboxChannel(SandboxStore store, EngagementOptions options, TimeProvider time) : IChannelProvider, IRemembersMessages, ISandbox
{
    private readonly ConcurrentDictionary<Guid, Channel<SandboxMessage>> _readers = [];
    private readonly ConcurrentDictionary<string, bool> _busyOnce = [];

    public async Task<ProviderAnswer> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (options.SandboxLatency > TimeSpan.Zero)
        {
            await Task.Delay(options.SandboxLatency, time, cancellationToken);
        }

        if (message.Address.StartsWith("busy-", StringComparison.Ordinal) && _busyOnce.TryAdd(message.Key, true))
        {
            return new TryLater("busy", Duration.FromSeconds(1));
        }

        var bounce = message.Address.StartsWith("bounce-", StringComparison.Ordinal) ? "unregistered" : null;
        var given = new SandboxRecord(message.Key, Deliver(message), bounce);
        var kept = await store.RememberAsync(given, cancellationToken);
        if (ReferenceEquals(kept, given) && bounce is null)
        {
            foreach (var reader in _readers.Values)
            {
                reader.Writer.TryWrite(given.Message);
            }
        }

        return AnswerOf(kept);
    }

    public async Task<IReadOnlyDictionary<string, ProviderAnswer>> RecallAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        (await store.RecallAsync(keys, cancellationToken)).ToDictionary(pair => pair.Key, pair => AnswerOf(pair.Value));

    public async IAsyncEnumerable<SandboxMessage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var queue = System.Threading.Channels.Channel.CreateUnbounded<SandboxMessage>();
        _readers[id] = queue;
        try
        {
            await foreach (var message in queue.Reader.ReadAllAsync(cancellationToken))
            {
                yield return message;
            }
        }
        finally
        {
            _readers.TryRemove(id, out _);
        }
    }

    public async Task<IReadOnlyList<SandboxMessage>> LatestAsync(ProjectId project, int limit, CancellationToken cancellationToken) =>
        [.. (await store.LatestAsync(project, limit, cancellationToken)).Select(record => record.Message)];

    public Task<int> CountAsync(ProjectId project, CancellationToken cancellationToken) => store.CountAsync(project, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SandboxMessage Deliver(OutgoingMessage message)
    {
        var now = time.GetCurrentInstant();
        return message.Content switch
        {
            PushContent push => new SandboxMessage(message.Project, message.DistinctId, Contracts.Channel.Push, message.Address, push.Title, push.Body, push.Link, push.Data, now),
            EmailContent email => new SandboxMessage(
                message.Project, message.DistinctId, Contracts.Channel.Email, message.Address, email.Subject, email.Html, email.Data.GetValueOrDefault("link", string.Empty), email.Data, now),
            var other => throw new InvalidOperationException($"The sandbox does not know {other.GetType().Name}."),
        };
    }

    private static ProviderAnswer AnswerOf(SandboxRecord record) => record.Bounce is { } bounce
        ? new Bounced(bounce, record.Message.At)
        : new Accepted($"sandbox/{record.Key}", record.Message.At);
}
