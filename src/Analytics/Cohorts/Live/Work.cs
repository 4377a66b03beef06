using Rondo.Model.Cohorts;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Cohorts.Live;

/// <summary>Persons to be looked at, and for which cohorts. A person is looked at for all of them: too much does no harm.</summary>
internal sealed class Work
{
    public HashSet<PersonNumber> Persons { get; } = [];

    public HashSet<CohortId> Cohorts { get; } = [];

    /// <summary>Devices that became users: in a fixed list the user stands where the device stood.</summary>
    public List<(PersonNumber Device, PersonNumber User)> Merged { get; } = [];

    /// <summary>Persons who are gone for good.</summary>
    public HashSet<PersonNumber> Erased { get; } = [];

    /// <summary>Whether it is for every cohort.</summary>
    public bool IsForAll { get; private set; }

    public bool IsEmpty => Persons.Count == 0 || (Cohorts.Count == 0 && !IsForAll);

    public bool Concerns(CohortId cohort) => IsForAll || Cohorts.Contains(cohort);

    public void Add(PersonNumber person, IEnumerable<CohortId> cohorts)
    {
        foreach (var cohort in cohorts)
        {
            Cohorts.Add(cohort);
            Persons.Add(person);
        }
    }

    public void AddForAll(PersonNumber person)
    {
        Persons.Add(person);
        IsForAll = true;
    }
}
