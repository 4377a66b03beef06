using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model;
using Rondo.Model.Lexicon;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Stores;
using Rondo.Model.Time;

namespace Rondo.Analytics.Lexicon;

/// <summary>What projects have named, held in memory for every question and changed one at a time. Thread-safe.</summary>
internal sealed partial class DefinitionDirectory(AnalyticsDatabase database, Lazy<IEnumerable<IDefinitionUser>> users, TimeProvider timeProvider) : IDefinitions, IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile ImmutableDictionary<ProjectId, ProjectLexicon> _lexicons = ImmutableDictionary<ProjectId, ProjectLexicon>.Empty;

    /// <summary>Everything as questions use it; read once, then answered from memory.</summary>
    public async Task<ProjectLexicon> LexiconOfAsync(ProjectId project, CancellationToken cancellationToken)
    {
        if (_lexicons.TryGetValue(project, out var known))
        {
            return known;
        }

        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await LoadAsync(project, cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task<IReadOnlyList<CustomEvent>> CustomEventsAsync(ProjectId project, CancellationToken cancellationToken) =>
        [.. (await RowsAsync(project, DefinitionKind.CustomEvent, cancellationToken)).Select(row => new CustomEvent(row.Name, row.Description, MembersOf(row)))];

    public async Task<IReadOnlyList<CustomProperty>> CustomPropertiesAsync(ProjectId project, CancellationToken cancellationToken) =>
        [.. (await RowsAsync(project, DefinitionKind.CustomProperty, cancellationToken)).Select(row => new CustomProperty(row.Name, row.Description, row.Definition))];

    public async Task<IReadOnlyList<LookupTableSummary>> LookupTablesAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.LookupTables.AsNoTracking().Where(row => row.ProjectId == project.Value)
            .Select(row => new { row.Name, row.Columns, row.RowCount, row.ChangedAt }).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(row => row.Name, StringComparer.Ordinal).Select(row => new LookupTableSummary(row.Name, JsonSerializer.Deserialize<ImmutableArray<string>>(row.Columns), row.RowCount, row.ChangedAt))];
    }

    public Task<Outcome<CustomEvent>> SaveAsync(ProjectId project, CustomEvent customEvent, CancellationToken cancellationToken) => SaveAsync(
        project,
        DefinitionKind.CustomEvent,
        customEvent,
        context => DefinitionProblems.Of(customEvent, context),
        () => (customEvent.Name, customEvent.Description, JsonSerializer.Serialize(customEvent.AnyOf, ModelJson.Options)),
        cancellationToken);

    public Task<Outcome<CustomProperty>> SaveAsync(ProjectId project, CustomProperty customProperty, CancellationToken cancellationToken) => SaveAsync(
        project,
        DefinitionKind.CustomProperty,
        customProperty,
        context => DefinitionProblems.Of(customProperty, context),
        () => (customProperty.Name, customProperty.Description, customProperty.Expression),
        cancellationToken);

    public async Task<Outcome<LookupTableSummary>> SaveTableAsync(ProjectId project, string name, Stream csv, CancellationToken cancellationToken)
    {
        var problems = DefinitionProblems.OfText(name, string.Empty).ToList();
        if (problems.Count > 0)
        {
            return Outcome<LookupTableSummary>.Refused(problems);
        }

        if (await ReadWholeAsync(csv, cancellationToken) is not { } content)
        {
            return Outcome<LookupTableSummary>.Refused("file", $"must be at most {LookupTableFile.MaximumBytes >> 20} MB");
        }

        var table = await LookupTableFile.ReadAsync(new MemoryStream(content), cancellationToken);
        if (!table.IsAccepted)
        {
            return Outcome<LookupTableSummary>.Refused(table.Problems);
        }

        var summary = new LookupTableSummary(name, table.Value.Columns, table.Value.RowCount, timeProvider.GetCurrentInstant());
        var compressed = LookupTableFile.Compress(content);
        await ChangeAsync(
            project,
            async context =>
            {
                await context.LookupTables.Where(row => row.ProjectId == project.Value && row.Name == name).ExecuteDeleteAsync(cancellationToken);
                context.LookupTables.Add(new LookupTableRow
                {
                    ProjectId = project.Value, Name = name, Columns = JsonSerializer.Serialize(summary.Columns), RowCount = summary.RowCount, Content = compressed, ChangedAt = summary.ChangedAt,
                });
                return await context.SaveChangesAsync(cancellationToken) > 0;
            },
            cancellationToken);
        return Outcome<LookupTableSummary>.Accepted(summary);
    }

    public async Task<IReadOnlyList<DefinitionUse>> UsesAsync(ProjectId project, DefinedKind kind, string name, CancellationToken cancellationToken)
    {
        var uses = new List<DefinitionUse>();
        foreach (var user in users.Value)
        {
            uses.AddRange((await user.ReferencesAsync(project, cancellationToken)).Where(one => Named(one.References, kind).Contains(name)).Select(one => one.Use));
        }

        return uses;
    }

    public async Task<Outcome<bool>> DeleteAsync(ProjectId project, DefinedKind kind, string name, CancellationToken cancellationToken)
    {
        var uses = await UsesAsync(project, kind, name, cancellationToken);
        return uses.Count > 0
            ? Outcome<bool>.Refused("name", $"is named by {string.Join(", ", uses.Select(use => use.Name.Length == 0 ? use.By : $"{use.By} '{use.Name}'"))}")
            : Outcome<bool>.Accepted(await (kind == DefinedKind.LookupTable ? DeleteTableAsync(project, name, cancellationToken) : DeleteAsync(project, (DefinitionKind)kind, name, cancellationToken)));
    }

    public void Dispose() => _changing.Dispose();

    private static IReadOnlySet<string> Named(LexiconReferences references, DefinedKind kind) => kind switch
    {
        DefinedKind.CustomEvent => references.CustomEvents,
        DefinedKind.CustomProperty => references.CustomProperties,
        _ => references.Tables,
    };

    private Task<bool> DeleteTableAsync(ProjectId project, string name, CancellationToken cancellationToken) => ChangeAsync(
        project,
        async context => await context.LookupTables.Where(row => row.ProjectId == project.Value && row.Name == name).ExecuteDeleteAsync(cancellationToken) > 0,
        cancellationToken);

    private Task<bool> DeleteAsync(ProjectId project, DefinitionKind kind, string name, CancellationToken cancellationToken) => ChangeAsync(
        project,
        async context => await context.Definitions.Where(row => row.ProjectId == project.Value && row.Kind == kind && row.Name == name).ExecuteDeleteAsync(cancellationToken) > 0,
        cancellationToken);

    private async Task<Outcome<T>> SaveAsync<T>(
        ProjectId project,
        DefinitionKind kind,
        T saved,
        Func<QueryContext, IEnumerable<Problem>> check,
        Func<(string Name, string Description, string Definition)> write,
        CancellationToken cancellationToken)
    {
        var lexicon = await LexiconOfAsync(project, cancellationToken);
        var problems = check(new QueryContext { Calendar = ProjectCalendar.Utc, Now = timeProvider.GetCurrentInstant(), Lexicon = lexicon }).ToList();
        if (problems.Count > 0)
        {
            return Outcome<T>.Refused(problems);
        }

        var (name, description, definition) = write();
        await ChangeAsync(
            project,
            async context =>
            {
                await context.Definitions.Where(row => row.ProjectId == project.Value && row.Kind == kind && row.Name == name).ExecuteDeleteAsync(cancellationToken);
                context.Definitions.Add(new DefinitionRow { ProjectId = project.Value, Kind = kind, Name = name, Description = description, Definition = definition, ChangedAt = timeProvider.GetCurrentInstant() });
                return await context.SaveChangesAsync(cancellationToken) > 0;
            },
            cancellationToken);
        return Outcome<T>.Accepted(saved);
    }

    /// <summary>One change in one transaction; afterwards questions see it.</summary>
    private async Task<bool> ChangeAsync(ProjectId project, Func<AnalyticsDbContext, Task<bool>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            await using var context = database.Open();
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var isChanged = await change(context);
            await transaction.CommitAsync(cancellationToken);
            await LoadAsync(project, cancellationToken);
            return isChanged;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<List<DefinitionRow>> RowsAsync(ProjectId project, DefinitionKind kind, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.Definitions.AsNoTracking().Where(row => row.ProjectId == project.Value && row.Kind == kind).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(row => row.Name, StringComparer.Ordinal)];
    }

    private async Task<ProjectLexicon> LoadAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var definitions = await context.Definitions.AsNoTracking().Where(row => row.ProjectId == project.Value).ToListAsync(cancellationToken);
        var tables = ImmutableDictionary.CreateBuilder<string, LookupTable>();
        foreach (var row in await context.LookupTables.AsNoTracking().Where(row => row.ProjectId == project.Value).ToListAsync(cancellationToken))
        {
            await using var csv = LookupTableFile.Decompress(row.Content);
            var table = await LookupTableFile.ReadAsync(csv, cancellationToken);
            tables.Add(row.Name, table.Value ?? throw new InvalidDataException($"Lookup table '{row.Name}' is stored broken: {table.Problems[0].Rule}."));
        }

        var lexicon = new ProjectLexicon
        {
            CustomEvents = definitions.Where(row => row.Kind == DefinitionKind.CustomEvent).ToImmutableDictionary(row => row.Name, MembersOf),
            CustomProperties = definitions.Where(row => row.Kind == DefinitionKind.CustomProperty).ToImmutableDictionary(row => row.Name, row => row.Definition),
            HiddenEvents = [.. definitions.Where(row => row.Kind == DefinitionKind.Event && EntryOf(row).Status != LexiconStatus.Visible).Select(row => row.Name)],
            DisplayNames = DisplayNamesOf([.. definitions.Where(row => row.Kind >= DefinitionKind.Event).Select(EntryOf)]),
            Tables = tables.ToImmutable(),
        };
        _blocked = null;
        _lexicons = _lexicons.SetItem(project, lexicon);
        return lexicon;
    }

    private static async Task<byte[]?> ReadWholeAsync(Stream csv, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await csv.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > LookupTableFile.MaximumBytes)
            {
                return null;
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    private static ImmutableArray<EventSelector> MembersOf(DefinitionRow row) => JsonSerializer.Deserialize<ImmutableArray<EventSelector>>(row.Definition, ModelJson.Options);
}
