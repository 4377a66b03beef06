using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Collections.Frozen;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Lexicon;
using Rondo.Analytics.Projects;
using Rondo.Model.Events;
using Rondo.Model.Profiles;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Ingestion;

/// <summary>
/// The one way in, for everybody: each record is judged by the steps, the good ones go to their project's store in one
/// batch, every drop is counted under its reason.
/// </summary>
internal sealed class IngestionPipeline(
    ProjectDirectory projects,
    DefinitionDirectory definitions,
    IEventStores stores,
    IngestionCounters counters,
    AnalyticsOptions options,
    TimeProvider timeProvider) : IIntake, IIngestion
{
    private readonly EventSteps _eventSteps = new(projects, definitions);
    private readonly ProfileSteps _profileSteps = new(projects, options.Limits);

    public async Task<IntakeReport> AcceptEventsAsync(Project? project, IReadOnlyList<SubmittedEvent> events, IntakeRules rules, CancellationToken cancellationToken)
    {
        var judged = JudgeEvents(project, events, rules);
        foreach (var (id, accepted) in judged.ByProject)
        {
            await AppendAsync(id, accepted, [], cancellationToken);
        }

        return judged.Report();
    }

    public async Task<IntakeReport> AcceptProfileUpdatesAsync(Project? project, IReadOnlyList<SubmittedProfileUpdate> updates, CancellationToken cancellationToken)
    {
        var judged = JudgeProfileUpdates(project, updates);
        foreach (var (id, accepted) in judged.ByProject)
        {
            await AppendAsync(id, [], accepted, cancellationToken);
        }

        return judged.Report();
    }

    public async Task<LogPosition> AcceptAsync(ProjectId project, IReadOnlyList<TrackedEvent> events, IReadOnlyList<ProfileUpdate> profileUpdates, CancellationToken cancellationToken)
    {
        var found = await projects.FindAsync(project, cancellationToken) ?? throw new InvalidOperationException($"There is no project {project}.");
        var judgedEvents = JudgeEvents(found, [.. events.Select(Submission.Of)], IntakeRules.Internal);
        var judgedUpdates = JudgeProfileUpdates(found, [.. profileUpdates.Select(Submission.Of)]);
        var position = await AppendAsync(project, judgedEvents.Of(project), judgedUpdates.Of(project), cancellationToken);
        judgedEvents.Report();
        judgedUpdates.Report();
        return position;
    }

    public void CountRefused(ProjectId project, DropReason reason, int recordCount) => counters.CountDropped(project, reason, recordCount);

    public IngestionCounts CountsOf(ProjectId project) => counters.Of(project);

    public string DistinctIdOfAddress(string token, IPAddress address) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(projects.AddressSaltOf(token), Encoding.UTF8.GetBytes(address.ToString())).AsSpan(0, 16));

    private async ValueTask<LogPosition> AppendAsync(ProjectId project, IReadOnlyList<TrackedEvent> events, IReadOnlyList<ProfileUpdate> updates, CancellationToken cancellationToken)
    {
        var store = await stores.OpenAsync(project, cancellationToken);
        if (events.Count + updates.Count == 0)
        {
            return store.Position;
        }

        var position = await store.AppendAsync(new IngestBatch(timeProvider.GetCurrentInstant(), events, updates), cancellationToken);
        counters.CountAccepted(project, events.Count, updates.Count);
        return position;
    }

    private Judged<TrackedEvent> JudgeEvents(Project? project, IReadOnlyList<SubmittedEvent> events, IntakeRules rules)
    {
        var judged = new Judged<TrackedEvent>(counters, events.Count);
        var candidate = new Candidate(project, rules, options.Limits, timeProvider.GetCurrentInstant());
        for (var index = 0; index < events.Count; index++)
        {
            candidate.Begin(events[index]);
            if (_eventSteps.Judge(candidate) is { } fault)
            {
                judged.Refuse(index, candidate.Project, fault, events[index].InsertId);
            }
            else
            {
                judged.Accept(candidate.Project!.Id, EventSteps.ToTracked(candidate));
            }
        }

        return judged;
    }

    private Judged<ProfileUpdate> JudgeProfileUpdates(Project? requestProject, IReadOnlyList<SubmittedProfileUpdate> updates)
    {
        var judged = new Judged<ProfileUpdate>(counters, updates.Count);
        var now = timeProvider.GetCurrentInstant();
        for (var index = 0; index < updates.Count; index++)
        {
            var update = updates[index];
            if (_profileSteps.Judge(update, requestProject, out var project) is { } fault)
            {
                judged.Refuse(index, project, fault, update.DistinctId);
            }
            else
            {
                var blocked = definitions.BlockedOf(project!.Id).UserProperties;
                judged.Accept(project.Id, [.. WithoutBlocked(update.Operations, blocked).Select(operation => new ProfileUpdate
                {
                    DistinctId = update.DistinctId!,
                    Operator = operation.Operator,
                    Properties = operation.Properties,
                    Time = update.Time ?? now,
                    IgnoreTime = update.IgnoreTime,
                    IgnoreAlias = update.IgnoreAlias,
                })]);
            }
        }

        return judged;
    }

    /// <summary>Without the properties that the lexicon has dropped; an operation on nothing else goes too.</summary>
    private static IEnumerable<ProfileOperation> WithoutBlocked(List<ProfileOperation> operations, FrozenSet<string> blocked) => blocked.Count == 0
        ? operations
        : operations
            .Select(operation => operation with { Properties = [.. operation.Properties.Where(property => !blocked.Contains(property.Name))] })
            .Where((operation, index) => operation.Properties.Count > 0 || operations[index].Properties.Count == 0);
}
