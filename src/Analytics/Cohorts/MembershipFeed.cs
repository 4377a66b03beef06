using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rondo.Analytics.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts;

/// <summary>Hands every membership change to every reader that was there when it happened. Thread-safe.</summary>
internal sealed class MembershipFeed
{
    private readonly Lock _lock = new();
    private ImmutableList<Reader> _readers = [];

    public void Publish(ProjectId project, MembershipChange change)
    {
        foreach (var reader in _readers)
        {
            if (reader.Project == project)
            {
                // Unbounded, so this never fails and a slow reader loses nothing.
                reader.Changes.Writer.TryWrite(change);
            }
        }
    }

    /// <summary>Listens from the call on, not only from the first look at the result.</summary>
    public IAsyncEnumerable<MembershipChange> Listen(ProjectId project, CancellationToken cancellationToken)
    {
        var reader = new Reader(project, Channel.CreateUnbounded<MembershipChange>(new UnboundedChannelOptions { SingleReader = true }));
        lock (_lock)
        {
            _readers = _readers.Add(reader);
        }

        // A caller that cancels without ever reading must not leave its queue growing behind.
        cancellationToken.Register(() => Leave(reader));
        return ReadAsync(reader, cancellationToken);
    }

    private async IAsyncEnumerable<MembershipChange> ReadAsync(Reader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in reader.Changes.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            Leave(reader);
        }
    }

    private void Leave(Reader reader)
    {
        lock (_lock)
        {
            _readers = _readers.Remove(reader);
        }
    }

    private sealed class Reader(ProjectId project, Channel<MembershipChange> changes)
    {
        public ProjectId Project { get; } = project;

        public Channel<MembershipChange> Changes { get; } = changes;
    }
}
