using Rondo.Model.Stores;

namespace Rondo.Analytics.Contracts;

/// <summary>Somebody who keeps something of people beside the event store, and must give it up when they are erased.</summary>
public interface IForgetsPeople
{
    /// <summary>
    /// Gives up whatever can be traced to some people. Counts may stay. Called before the people are taken out of the event store,
    /// and again after it, so it must be repeatable; an erasure that failed in between is asked for again.
    /// </summary>
    /// <param name="project">Their project.</param>
    /// <param name="distinctIds">Every id of theirs, now and before merges.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task ForgetAsync(ProjectId project, IReadOnlyCollection<string> distinctIds, CancellationToken cancellationToken);
}
