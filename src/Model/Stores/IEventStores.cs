namespace Rondo.Model.Stores;

/// <summary>The stores of all projects of a server; each is opened when first asked for and stays open.</summary>
public interface IEventStores
{
    /// <summary>The store of a project, created when there is none yet.</summary>
    ValueTask<IEventStore> OpenAsync(ProjectId project, CancellationToken cancellationToken);

    /// <summary>Whether there is anything where a project's store is, or would be; opens nothing.</summary>
    bool Exists(ProjectId project);
}

/// <summary>Names a project; a positive number. The default (0) names none.</summary>
public readonly record struct ProjectId(int Value)
{
    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
