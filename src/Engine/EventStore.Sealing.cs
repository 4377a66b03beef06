using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Rondo.Engine.Catalog;
using Rondo.Engine.Compaction;
using Rondo.Engine.Head;
using Rondo.Engine.Identity;
using Rondo.Engine.Parts;
using Rondo.Model.Events;
using Rondo.Model.Stores;

namespace Rondo.Engine;

/// <content>From head to part, and from parts to larger parts, in the background.</content>
public sealed partial class EventStore
{
    /// <summary>
    /// What one sealing makes durable, all as of one position of the log: replaying the log from there on must meet profiles
    /// and merges just as they were.
    /// </summary>
    private sealed record SealUnit(
        EventHead Head,
        HeadRuns Runs,
        LogPosition Position,
        long NextArrival,
        long FirstArrival,
        IdSnapshot Ids,
        string[] EventNames,
        IReadOnlyList<(int Person, IReadOnlyDictionary<string, PropertyValue>? Profile)> Profiles)
    {
        /// <summary>What is taken out of this head and of all parts at the same time.</summary>
        public Removal Removal { get; init; } = Removal.Nothing;

        /// <summary>The ids that are taken out of the log.</summary>
        public FrozenSet<string> ForgottenIds { get; init; } = [];

        public bool IsErasure => Removal.Numbers.Count > 0;
    }

    /// <summary>Takes the head away from writers; readers go on seeing it until its part is listed. Null when there is nothing to seal.</summary>
    private SealUnit? BeginSealing(long firstArrival)
    {
        lock (_gate)
        {
            var profiles = _profiles.TakeDirty();
            if (_head.RowCount == 0 && profiles.Count == 0)
            {
                return null;
            }

            var ids = _ids.Snapshot();
            var unit = new SealUnit(_head, _head.RunsNow(ids), _applied, _nextArrival, firstArrival, ids, _eventNames.Snapshot().Names, profiles);
            _sealing = _sealing.Add(_head);
            _head = new EventHead();
            return unit;
        }
    }

    /// <summary>The background work of a store: seals heads, joins parts beside it, holds writers back when it falls behind.</summary>
    private sealed partial class Sealer : IAsyncDisposable
    {
        /// <summary>Unsealed rows, in full heads, beyond which writers wait.</summary>
        private const int MostUnsealedHeads = 8;

        /// <summary>How often the age and size of the head are looked at.</summary>
        private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

        /// <summary>Share of rows read through late merges beyond which a part is written anew: one in this many.</summary>
        private const int LateMergeShare = 8;

        /// <summary>Beyond that, one for so many in the file: writing it anew costs as much as it has grown.</summary>
        private const int IdShareForFile = 8;

        private readonly EventStore _store;
        private readonly ILogger _logger;
        private readonly CancellationTokenSource _stopping = new();

        /// <summary>Held by who puts parts in the place of others, which may take long. Taken before <see cref="_catalogue"/>, never after.</summary>
        private readonly SemaphoreSlim _replacing = new(1, 1);

        /// <summary>Held by who seals or changes what the catalogue lists; never while parts are joined.</summary>
        private readonly SemaphoreSlim _catalogue = new(1, 1);
        private readonly Task _loop;
        private Persisted _persisted;
        private readonly Dictionary<int, int> _looseProfiles;
        private int _idsInFile;
        private long _partsGiven;
        private long _idsGiven;
        private readonly ConcurrentStack<long> _returnedNumbers = new();
        private SealUnit? _pending;
        private volatile bool _needsUpkeep;
        private volatile bool _hasSparePages;
        private volatile Exception? _failure;
        private TaskCompletionSource _roomMade = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Sealer(EventStore store, Persisted persisted, int idsInFile, long idsGiven, Dictionary<int, int> looseProfiles, ILogger logger)
        {
            _store = store;
            _persisted = persisted;
            _idsInFile = idsInFile;
            _partsGiven = persisted.NextPartId;
            _idsGiven = idsGiven;
            _looseProfiles = looseProfiles;
            _logger = logger;
            _loop = Task.Run(LoopAsync);
        }

        /// <exception cref="StoreUnavailableException">There is none, and parts cannot be written.</exception>
        public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
        {
            var asked = _store._time.GetTimestamp();
            while (UnsealedRows() > (long)MostUnsealedHeads * _store._options.SealAfterRows)
            {
                if (_failure is { } failure && _store._time.GetElapsedTime(asked) >= _store._options.LongestWaitForRoom)
                {
                    throw new StoreUnavailableException($"The event store in {_store._directory} cannot write parts ({failure.Message}), and the log holds as much beyond them as it may. Free disk space or check the disk; nothing of this request was kept.", failure);
                }

                await Volatile.Read(ref _roomMade).Task.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        public async Task SealNowAsync(CancellationToken cancellationToken)
        {
            await SealHeadAsync(cancellationToken).ConfigureAwait(false);
            await KeepUpAsync(cancellationToken).ConfigureAwait(false);
        }

        public Task<Erasure> EraseAsync(IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken) =>
            HoldingAsync(_replacing, () => HoldingAsync(_catalogue, async () =>
            {
                await _store._log.SettleAsync().ConfigureAwait(false);
                await SealAsync(mayReplace: true).ConfigureAwait(false);
                _store.RequireErasable(distinctIds);
                _pending = _store.BeginErasing(_persisted.NextArrival, distinctIds);
                var numbers = _pending?.Removal.Numbers;
                return numbers is null ? new Erasure(0, 0) : new Erasure(numbers.Count, await SealAsync(mayReplace: true).ConfigureAwait(false));
            }, cancellationToken), cancellationToken);

        public Task SetRetentionAsync(int? days, CancellationToken cancellationToken) =>
            HoldingAsync(_replacing, async () =>
            {
                await HoldingAsync(_catalogue, async () =>
                {
                    await _store._log.SettleAsync().ConfigureAwait(false);
                    await _store._log.ChangeCatalogAsync((connection, transaction) => StoreDatabase.WriteMeta(connection, transaction, "retention_days", days ?? 0)).ConfigureAwait(false);
                    Volatile.Write(ref _store._retentionDays, days ?? 0);
                    return await SealAsync(mayReplace: true).ConfigureAwait(false);
                }, cancellationToken).ConfigureAwait(false);
                await DropOldAsync().ConfigureAwait(false);
            }, cancellationToken);

        public Task JoinAllAsync(CancellationToken cancellationToken) =>
            HoldingAsync(_replacing, async () =>
            {
                await HoldingAsync(_catalogue, () => SealAsync(mayReplace: true), cancellationToken).ConfigureAwait(false);
                var parts = _store._parts;
                foreach (var (start, count) in CompactionPlan.All(Sizes(parts)).ToList())
                {
                    await JoinAsync([.. parts.Skip(start).Take(count)]).ConfigureAwait(false);
                }
            }, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
            _stopping.Dispose();
            _replacing.Dispose();
            _catalogue.Dispose();
        }

        private async Task LoopAsync()
        {
            var upkeep = Task.CompletedTask;
            while (!_stopping.IsCancellationRequested)
            {
                try
                {
                    if (IsDue())
                    {
                        await SealHeadAsync(_stopping.Token).ConfigureAwait(false);
                        _needsUpkeep = true;
                    }
                }
                catch (Exception exception) when (!_stopping.IsCancellationRequested)
                {
                    _failure = exception;

                    // The log still holds everything and questions still see the head; the next round tries again.
                    await TellAsync(exception).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    break;
                }

                if (upkeep.IsCompleted && (_needsUpkeep || HasOld()))
                {
                    _needsUpkeep = false;
                    upkeep = TryKeepUpAsync();
                }

                await Task.Delay(LookInterval, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await upkeep.ConfigureAwait(false);
        }

        private async Task TryKeepUpAsync()
        {
            try
            {
                await Task.Run(() => KeepUpAsync(_stopping.Token)).ConfigureAwait(false);
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                await TellAsync(exception).ConfigureAwait(false);
                _needsUpkeep = true;
            }
            catch (OperationCanceledException)
            {
                // The store is closed; the next one goes on.
                return;
            }
        }

        private async Task TellAsync(Exception exception)
        {
            _logger.LogError(exception, "The event store in {Directory} could not write a part; it will try again", _store._directory);
            await Task.Delay(LookInterval * 10, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        /// <summary>What must not wait for anything: writers wait for it.</summary>
        private Task SealHeadAsync(CancellationToken cancellationToken) =>
            HoldingAsync(_catalogue, async () =>
            {
                await _store._log.SettleAsync().ConfigureAwait(false);
                await SealAsync(mayReplace: false).ConfigureAwait(false);
                await FoldProfilesAsync().ConfigureAwait(false);
            }, cancellationToken);

        /// <summary>What may take long, beside sealing.</summary>
        private Task KeepUpAsync(CancellationToken cancellationToken) =>
            HoldingAsync(_replacing, async () =>
            {
                // None of these needs the other: what one of them meets must not keep the rest from being done.
                var failures = new Failures();
                await failures.CollectAsync(() => HoldingAsync(_catalogue, FinishErasingAsync, cancellationToken)).ConfigureAwait(false);
                await failures.CollectAsync(DropOldAsync).ConfigureAwait(false);
                await failures.CollectAsync(CompactAsync).ConfigureAwait(false);
                failures.Throw();
                await GiveBackPagesAsync().ConfigureAwait(false);
            }, cancellationToken);

        /// <summary>An erasure that failed is tried again.</summary>
        private async Task<long> FinishErasingAsync()
        {
            await _store._log.SettleAsync().ConfigureAwait(false);
            return _pending is null ? 0 : await SealAsync(mayReplace: true).ConfigureAwait(false);
        }

        private static async Task HoldingAsync(SemaphoreSlim held, Func<Task> work, CancellationToken cancellationToken) =>
            await HoldingAsync(held, async () =>
            {
                await work().ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);

        private static async Task<T> HoldingAsync<T>(SemaphoreSlim held, Func<Task<T>> work, CancellationToken cancellationToken)
        {
            await held.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await work().ConfigureAwait(false);
            }
            finally
            {
                held.Release();
            }
        }

        private bool IsDue()
        {
            lock (_store._gate)
            {
                var head = _store._head;
                return !_store._sealing.IsEmpty
                    || head.RowCount >= _store._options.SealAfterRows
                    || (head.Since is { } since && _store._time.GetUtcNow() - since >= _store._options.SealAfter);
            }
        }

        private long UnsealedRows()
        {
            lock (_store._gate)
            {
                return _store._sealing.Sum(head => (long)head.RowCount) + _store._head.RowCount;
            }
        }

        /// <param name="mayReplace">Whether parts may be put in the place of others; an erasure that failed earlier waits for somebody who may.</param>
        /// <returns>How many events were taken out.</returns>
        private async Task<long> SealAsync(bool mayReplace)
        {
            // A unit that failed earlier is tried again before a new one is begun, so that parts stay in order.
            _pending ??= _store.BeginSealing(_persisted.NextArrival);
            if (_pending is not { } unit || (unit.IsErasure && !mayReplace))
            {
                return 0;
            }

            var (ids, eventNames) = (unit.Ids, unit.EventNames);
            var nextPart = _persisted.NextPartId;
            var concerned = unit.IsErasure ? _store._parts.Where(unit.Removal.Concerns).ToList() : [];
            var isIdFileDue = IsIdFileDue(ids, isNeeded: unit.IsErasure && unit.Removal.Numbers.Any(number => number < _idsInFile));
            await GiveOutAsync(nextPart + 1 + concerned.Count, isIdFileDue ? ids.Count : 0).ConfigureAwait(false);
            var part = unit.Head.RowCount == 0 ? null : Write(ref nextPart, unit.FirstArrival, ids, eventNames, unit.IsErasure ? Join([], [unit.Runs], ids, new EventNames(eventNames).Snapshot(), unit.Removal) : Runs(unit));
            var replaced = WriteWithout(concerned, unit.Removal, ids, eventNames, ref nextPart);
            var batches = unit.IsErasure ? _store.BatchesWithout(unit.ForgottenIds, unit.Position) : [];
            var (newIds, newMerges) = _store._ids.Since(_persisted.Ids.Count, _persisted.Ids.MergeCount);
            var idFile = isIdFileDue ? WriteIds(ids) : null;
            var retainedSince = _store._time.GetUtcNow() - _store._options.LogRetention;
            await _store._log.ChangeCatalogAsync((connection, transaction) =>
            {
                if (part is not null)
                {
                    Catalogue.AddPart(connection, transaction, part);
                }

                Replace(connection, transaction, replaced);
                for (var number = _persisted.EventNames.Length; number < eventNames.Length; number++)
                {
                    Catalogue.AddEventName(connection, transaction, number, eventNames[number]);
                }

                if (idFile is not null)
                {
                    Catalogue.MoveIdsToFile(connection, transaction, ids.Count);
                }
                else
                {
                    Catalogue.AddIds(connection, transaction, newIds.Where(id => id.Number < ids.Count));
                    Catalogue.MarkEvents(connection, transaction, IdsWithEvents(part, unit).Where(number => number < _persisted.Ids.Count && !_persisted.Ids.HasEvents(number) && !unit.Removal.Numbers.Contains(number)));
                    Catalogue.AddMerges(connection, transaction, newMerges.Where(merge => merge.Sequence < ids.MergeCount));
                }

                if (unit.IsErasure)
                {
                    Catalogue.ForgetIds(connection, transaction, unit.Removal.Numbers);
                    Catalogue.RewriteBatches(connection, transaction, batches);
                }

                ProfileRows.Write(connection, transaction, unit.Profiles);
                StoreDatabase.WriteMeta(connection, transaction, "sealed_position", unit.Position.Value);
                StoreDatabase.WriteMeta(connection, transaction, "next_arrival", unit.NextArrival);
                Catalogue.DropSealedBatches(connection, transaction, unit.Position.Value, retainedSince);
                _hasSparePages = Catalogue.SparePages(connection, transaction) > 0;
            }, erasesWithZeros: unit.IsErasure).ConfigureAwait(false);

            _persisted = new Persisted(ids, eventNames, nextPart, unit.NextArrival);
            _pending = null;
            _failure = null;
            foreach (var (person, _) in unit.Profiles)
            {
                ProfileRows.Count(_looseProfiles, person);
            }

            if (idFile is not null)
            {
                _store._ids.MoveTo(idFile);
                _idsInFile = ids.Count;
                _store._folder.DeleteIdFilesBut(ids.Count);
            }

            lock (_store._gate)
            {
                _store._sealing = _store._sealing.Remove(unit.Head);
                if (part is not null)
                {
                    _store._parts = _store._parts.Add(part);
                }

                _store.Show(replaced);
            }

            Retire(replaced);
            MakeRoom();
            _logger.LogDebug("Sealed {RowCount} events into part {Part}", part?.RowCount ?? 0, part?.Id ?? 0);
            return unit.IsErasure ? RemovedFrom(replaced) + unit.Runs.Timeline().RowCount - (part?.RowCount ?? 0) : 0;
        }

        private static IEnumerable<Run> Runs(SealUnit unit)
        {
            foreach (var name in unit.Runs.Names)
            {
                yield return unit.Runs.Named(name, unit.EventNames[name])!;
            }

            yield return unit.Runs.Timeline();
        }

        /// <summary>
        /// Makes it durable that numbers up to these may be written from now on, before anything is: whatever is found later
        /// under another number was written under a catalogue that got lost, and must not be taken for a leftover.
        /// </summary>
        /// <param name="nextPart">The first part number that stays free.</param>
        /// <param name="ids">The number of a file of ids; 0 for none.</param>
        private async Task GiveOutAsync(long nextPart, long ids)
        {
            // A writing that failed is tried again under the same numbers.
            var (parts, files) = (Math.Max(nextPart, _partsGiven), Math.Max(ids, _idsGiven));
            if ((parts, files) == (_partsGiven, _idsGiven))
            {
                return;
            }

            await _store._log.ChangeCatalogAsync((connection, transaction) =>
            {
                StoreDatabase.WriteMeta(connection, transaction, "next_part", parts);
                StoreDatabase.WriteMeta(connection, transaction, "ids_given", files);
            }).ConfigureAwait(false);
            (_partsGiven, _idsGiven) = (parts, files);
        }

        /// <summary>Whether all ids are to move into a new file: once those in the tables are many.</summary>
        private bool IsIdFileDue(IdSnapshot ids, bool isNeeded) =>
            isNeeded || ids.Count - _idsInFile >= Math.Max(_store._options.FewestIdsForFile, _idsInFile / IdShareForFile);

        private IdFile WriteIds(IdSnapshot ids)
        {
            var path = IdFile.PathOf(_store._directory, ids.Count);
            _store._ids.Write(_store._options.Disk, path, ids);
            _store._options.Disk.FlushDirectory(_store._directory);
            return IdFile.Open(_store._options.Disk, path);
        }

        private static IEnumerable<int> IdsWithEvents(Part? part, SealUnit unit) => part is null ? [] : unit.Runs.IdsSeen();

        private void MakeRoom() =>
            Interlocked.Exchange(ref _roomMade, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
