using System.Collections.Concurrent;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;

namespace Rondo.Analytics.AudienceSync;

/// <summary>What a sync is to look at.</summary>
/// <param name="Sync">Its number.</param>
/// <param name="Mapping">How members are named.</param>
/// <param name="Members">Who belongs now.</param>
/// <param name="IsComparing">Whether the identifiers of those who stay are compared too.</param>
internal sealed record PlanRequest(int Sync, IdentityMapping Mapping, PersonSet Members, bool IsComparing);

/// <summary>
/// Finds out what differs between a cohort as it is and what was sent, and writes it down as rows to be sent. Whom it knows is
/// kept in memory beside the rows, so that a sync in step costs two operations on bitmaps.
/// </summary>
internal sealed class SyncPlanner(IntegrationsDatabase database, TimeProvider time)
{
    private const int PeopleAtATime = 10_000;

    private readonly ConcurrentDictionary<int, KnownPeople> _known = [];

    /// <summary>What is known from the rows is read again; after anything but planning has changed who has a row.</summary>
    public void Forget(int sync) => _known.TryRemove(sync, out _);

    /// <summary>Whether somebody entered or left, or somebody without identifier may have one now.</summary>
    public async Task<bool> HasChangesAsync(PlanRequest request, IEventStore store, QueryContext context, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(request.Sync, cancellationToken);
        return !request.Members.Equals(known.All) || (await RipeAsync(known, request, store, context, cancellationToken)).Count > 0;
    }

    /// <summary>Writes the differences down; carried out again after a crash, it finds what is left to write.</summary>
    public async Task PlanAsync(PlanRequest request, int run, IEventStore store, QueryContext context, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(request.Sync, cancellationToken);
        Forget(request.Sync);
        var (named, missing) = (new PersonSet.Builder(), new PersonSet.Builder());
        foreach (var left in known.All.Except(request.Members).Chunk(PeopleAtATime))
        {
            await database.WriteAsync(
                connection =>
                {
                    new SyncMembers(connection, request.Sync).Leave(left.Select(person => person.Value), AuditReason.Left);
                    if (store.DistinctIdsOf(left).Any(id => id.Length == 0))
                    {
                        Remnants.Mark(connection);
                    }

                    return true;
                },
                cancellationToken);
        }

        foreach (var entered in request.Members.Except(known.All).Chunk(PeopleAtATime))
        {
            await WriteAsync(Identification.Of(store, entered, request.Mapping).ToList(), AuditReason.Entered, isLeaving: false);
        }

        var looked = request.IsComparing ? request.Members.And(known.All) : await RipeAsync(known, request, store, context, cancellationToken);
        foreach (var stayed in looked.Chunk(PeopleAtATime))
        {
            var sent = await database.ReadAsync(connection => new SyncMembers(connection, request.Sync).IdentifiersOf(stayed[0].Value, stayed[^1].Value), cancellationToken);
            await WriteAsync(Identification.Of(store, stayed, request.Mapping).Where(identified => sent.GetValueOrDefault(identified.Person.Value) != identified.Identifier).ToList(), AuditReason.IdentifierChanged, isLeaving: true);
        }

        _known[request.Sync] = new KnownPeople(request.Members, known.Unmatched.And(request.Members).Except(named.Build()).Or(missing.Build()));

        async Task WriteAsync(List<Identified> members, AuditReason reason, bool isLeaving)
        {
            foreach (var member in members)
            {
                (member.Missing is null ? named : missing).Add(member.Person);
            }

            await this.WriteAsync(request.Sync, run, store, members, reason, isLeaving, cancellationToken);
        }
    }

    private async Task<KnownPeople> KnownAsync(int sync, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(sync, out var known))
        {
            return known;
        }

        known = await database.ReadAsync(connection => new SyncMembers(connection, sync).Known(), cancellationToken);
        _known[sync] = known;
        return known;
    }

    /// <summary>Members without identifier who hold the property by now.</summary>
    private static async Task<PersonSet> RipeAsync(KnownPeople known, PlanRequest request, IEventStore store, QueryContext context, CancellationToken cancellationToken)
    {
        var waiting = known.Unmatched.And(request.Members);
        return waiting.Count == 0 || request.Mapping.Property is not { } property
            ? PersonSet.Empty
            : await Identification.MatchedAsync(store, waiting.And(await store.PeopleWhereAsync(new PropertyPredicate(PropertySource.User, property, PropertyOperator.IsSet, []), context, cancellationToken)), request.Mapping, context, cancellationToken);
    }

    private async Task WriteAsync(int sync, int run, IEventStore store, List<Identified> members, AuditReason reason, bool isLeaving, CancellationToken cancellationToken)
    {
        if (members.Count == 0)
        {
            return;
        }

        var missing = members.Where(member => member.Missing is not null).ToList();
        var ids = store.DistinctIdsOf(missing.Select(member => member.Person));
        await database.WriteAsync(
            connection =>
            {
                var table = new SyncMembers(connection, sync);
                if (isLeaving)
                {
                    table.Leave(members.Select(member => member.Person.Value), AuditReason.IdentifierChanged);
                }

                table.Enter(members, reason);
                var record = new RunTable(connection, run, time.GetCurrentInstant());
                if (record.Count(0, 0, missing.Count))
                {
                    record.Record(AuditOperation.NoOp, missing.Zip(ids, (member, id) => (id, string.Empty, member.Missing!.Value, (string?)null)));
                }

                return true;
            },
            cancellationToken);
    }
}
