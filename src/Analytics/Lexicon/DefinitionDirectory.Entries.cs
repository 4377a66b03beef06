using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;
using Rondo.Model;
using Rondo.Model.Lexicon;
using Rondo.Model.Stores;

namespace Rondo.Analytics.Lexicon;

/// <content>What is written about events and properties.</content>
internal sealed partial class DefinitionDirectory
{
    private readonly Lock _loadingBlocked = new();
    private volatile FrozenDictionary<ProjectId, BlockedNames>? _blocked;

    public async Task<IReadOnlyList<LexiconEntry>> EntriesAsync(ProjectId project, CancellationToken cancellationToken)
    {
        await using var context = database.Open();
        var rows = await context.Definitions.AsNoTracking().Where(row => row.ProjectId == project.Value && row.Kind >= DefinitionKind.Event).ToListAsync(cancellationToken);
        return [.. rows.Select(EntryOf)];
    }

    public Task<Outcome<LexiconEntry>> SaveAsync(ProjectId project, LexiconEntry entry, CancellationToken cancellationToken) => SaveAsync(
        project,
        KindOf(entry.Kind),
        entry,
        _ => DefinitionProblems.Of(entry),
        () => (entry.Name, entry.Description, JsonSerializer.Serialize(new Written(entry.DisplayName, entry.Status), ModelJson.Options)),
        cancellationToken);

    /// <summary>What a project no longer takes. Answered from memory.</summary>
    public BlockedNames BlockedOf(ProjectId project)
    {
        var blocked = _blocked;
        if (blocked is null)
        {
            lock (_loadingBlocked)
            {
                _blocked = blocked = LoadBlocked();
            }
        }

        return blocked.GetValueOrDefault(project, BlockedNames.None);
    }

    private FrozenDictionary<ProjectId, BlockedNames> LoadBlocked()
    {
        using var context = database.Open();
        return context.Definitions.AsNoTracking().Where(row => row.Kind >= DefinitionKind.Event).ToList()
            .Where(row => EntryOf(row).Status == LexiconStatus.Dropped)
            .GroupBy(row => new ProjectId(row.ProjectId))
            .ToFrozenDictionary(rows => rows.Key, rows =>
            {
                FrozenSet<string> Of(DefinitionKind kind) => rows.Where(row => row.Kind == kind).Select(row => row.Name).ToFrozenSet(StringComparer.Ordinal);
                return new BlockedNames(Of(DefinitionKind.Event), Of(DefinitionKind.EventProperty), Of(DefinitionKind.UserProperty));
            });
    }

    private static DisplayNames DisplayNamesOf(IReadOnlyList<LexiconEntry> entries)
    {
        ImmutableDictionary<string, string> Of(LexiconKind kind) =>
            entries.Where(entry => entry.Kind == kind && entry.DisplayName.Length > 0).ToImmutableDictionary(entry => entry.Name, entry => entry.DisplayName);
        return new DisplayNames { Events = Of(LexiconKind.Event), EventProperties = Of(LexiconKind.EventProperty), UserProperties = Of(LexiconKind.UserProperty) };
    }

    private static LexiconEntry EntryOf(DefinitionRow row)
    {
        var written = JsonSerializer.Deserialize<Written>(row.Definition, ModelJson.Options)!;
        return new LexiconEntry((LexiconKind)((int)row.Kind - (int)DefinitionKind.CustomProperty), row.Name, written.DisplayName, row.Description, written.Status);
    }

    /// <summary>The kinds of entries are stored behind those of named definitions.</summary>
    private static DefinitionKind KindOf(LexiconKind kind) => (DefinitionKind)((int)kind + (int)DefinitionKind.CustomProperty);

    /// <summary>An entry as stored beside its name and description.</summary>
    private sealed record Written(string DisplayName, LexiconStatus Status);
}

/// <summary>Names that a project no longer takes.</summary>
internal sealed record BlockedNames(FrozenSet<string> Events, FrozenSet<string> EventProperties, FrozenSet<string> UserProperties)
{
    public static BlockedNames None { get; } = new([], [], []);
}
