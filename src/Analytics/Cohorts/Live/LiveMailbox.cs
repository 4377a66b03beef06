using System.Collections.Concurrent;
using Rondo.Analytics.Contracts;
using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>What others tell the live cohorts of a project: what no log says. Thread-safe.</summary>
internal sealed class LiveMailbox
{
    private readonly ConcurrentDictionary<ProjectId, Box> _boxes = new();

    /// <summary>A cohort was made, or its definition changed.</summary>
    public void DefinitionsChanged(ProjectId project) => BoxOf(project).Change(box => box.DefinitionsVersion++);

    /// <summary>An erasure begins: from some moment on these persons are no more.</summary>
    public void Erasing(ProjectId project, IReadOnlyCollection<PersonNumber> persons) => BoxOf(project).Change(box => box.BeingErased.UnionWith(persons));

    /// <summary>The erasure has ended.</summary>
    public void Erased(ProjectId project, IReadOnlyCollection<PersonNumber> persons) => BoxOf(project).Change(box =>
    {
        box.BeingErased.ExceptWith(persons);
        box.Erased.UnionWith(persons);
    });

    /// <summary>Asks for a comparison of one cohort with a full computation. Null when nobody keeps the project's cohorts live.</summary>
    public Task<CohortComparison>? CompareAsync(ProjectId project, CohortId cohort)
    {
        var asked = new TaskCompletionSource<CohortComparison>(TaskCreationOptions.RunContinuationsAsynchronously);
        var box = BoxOf(project);
        if (!box.IsAttended)
        {
            return null;
        }

        box.Change(contents => contents.Comparisons.Add((cohort, asked)));
        return asked.Task;
    }

    /// <summary>Completes when everything that happened before the call, and everything due, has been seen to.</summary>
    public Task CaughtUpAsync(ProjectId project)
    {
        var caughtUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        BoxOf(project).Change(box => box.Waiting.Add(caughtUp));
        return caughtUp.Task;
    }

    public Box BoxOf(ProjectId project) => _boxes.GetOrAdd(project, _ => new Box());

    /// <summary>One project's.</summary>
    internal sealed class Box
    {
        private readonly Lock _gate = new();
        private Contents _contents = new();
        private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether somebody reads it.</summary>
        public bool IsAttended { get; set; }

        /// <summary>Completes when something was put in since it was last emptied.</summary>
        public Task Arrived
        {
            get
            {
                lock (_gate)
                {
                    return _arrived.Task;
                }
            }
        }

        public void Change(Action<Contents> change)
        {
            lock (_gate)
            {
                change(_contents);
                _arrived.TrySetResult();
            }
        }

        /// <summary>Whether somebody may be gone by now of whom it was not said yet.</summary>
        public bool MayBeErased(PersonNumber person)
        {
            lock (_gate)
            {
                return _contents.BeingErased.Contains(person) || _contents.Erased.Contains(person);
            }
        }

        /// <summary>Takes everything out; the version of the definitions stays, and who is being erased.</summary>
        public Contents Take()
        {
            lock (_gate)
            {
                var taken = _contents;
                _contents = new Contents { DefinitionsVersion = taken.DefinitionsVersion };
                _contents.BeingErased.UnionWith(taken.BeingErased);
                if (_arrived.Task.IsCompleted)
                {
                    _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                return taken;
            }
        }
    }

    internal sealed class Contents
    {
        public int DefinitionsVersion { get; set; }

        public HashSet<PersonNumber> BeingErased { get; } = [];

        public HashSet<PersonNumber> Erased { get; } = [];

        public List<TaskCompletionSource> Waiting { get; } = [];

        public List<(CohortId Cohort, TaskCompletionSource<CohortComparison> Asked)> Comparisons { get; } = [];
    }
}
