using System.Collections.Immutable;
using Rondo.Engine.Excerpts;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Planning;
using Rondo.Model.Stores;

namespace Rondo.Engine;

/// <content>Some persons at one moment.</content>
public sealed partial class EventStore
{
    /// <inheritdoc/>
    public Task<IPeopleExcerpt> ExcerptAsync(IReadOnlyCollection<PersonNumber>? persons, CancellationToken cancellationToken) => Task.Run<IPeopleExcerpt>(
        () => persons is null ? ExcerptOfEveryone() : ExcerptOf(persons, cancellationToken),
        cancellationToken);

    private WholeExcerpt ExcerptOfEveryone()
    {
        lock (_gate)
        {
            return new WholeExcerpt(View(), _applied, _options.QueryThreads);
        }
    }

    private PartialExcerpt ExcerptOf(IReadOnlyCollection<PersonNumber> persons, CancellationToken cancellationToken)
    {
        ImmutableArray<HeadRows> heads;
        IdSnapshot ids;
        LogPosition position;
        Catalog.EventNameSnapshot names;
        ImmutableArray<Parts.Part> parts;
        lock (_gate)
        {
            foreach (var part in _parts)
            {
                part.Acquire();
            }

            (parts, ids, names, position) = (_parts, _ids.Snapshot(), _eventNames.Snapshot(), _applied);
            heads = [.. _sealing.Append(_head).Where(head => head.RowCount > 0).Select(head => head.RowsNow())];
        }

        var wanted = PersonSet.Of(persons.Where(person => person.Value > IdDirectory.Nobody && person.Value < ids.Count && ids.Canonical[person.Value] == person.Value));
        var view = new StoreView(parts, [.. heads.Select(head => head.Of(wanted, ids))], ids, names, _profiles);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new PartialExcerpt(view, [.. wanted], position);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }
}
