using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Components.Pickers;

namespace Rondo.Web.Components.Reports;

/// <summary>Says what a session is, for one question; null stands for the project's definition.</summary>
public sealed partial class SessionsField
{
    [CascadingParameter]
    private Analytics.Contracts.Project Project { get; set; } = default!;

    [Inject]
    private Vocabulary Vocabulary { get; set; } = default!;

    [Parameter]
    public SessionDefinition? Value { get; set; }

    [Parameter]
    public EventCallback<SessionDefinition?> ValueChanged { get; set; }

    /// <summary>Whether the project's own definition is edited, which stands for nothing else.</summary>
    [Parameter]
    public bool IsForProject { get; set; }

    [Parameter]
    public IReadOnlyList<Problem> Problems { get; set; } = [];

    private string Kind => Value switch
    {
        TimeoutSessions => "timeout",
        EventSessions => "events",
        PropertySessions => "property",
        _ => "project",
    };

    private async Task ChangeKindAsync(ChangeEventArgs change)
    {
        var events = await Vocabulary.EventsAsync(Project.Id);
        await GiveAsync(change.Value?.ToString() switch
        {
            "timeout" => new TimeoutSessions(),
            "events" => new EventSessions(new EventSelector(events[0].Name), new EventSelector(events[Math.Min(1, events.Count - 1)].Name)),
            "property" => new PropertySessions("session_id"),
            _ => null,
        });
    }

    private Task ChangeMinutesAsync(ChangeEventArgs change) => int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var minutes)
        ? GiveAsync(new TimeoutSessions((int)Math.Clamp(minutes * 60L, 0, int.MaxValue)))
        : Task.CompletedTask;

    private Task PickAsync(object picked) => picked is PickedProperty property ? GiveAsync(new PropertySessions(property.Name)) : Task.CompletedTask;

    private Task ExcludeAsync(ImmutableArray<string> names) => ValueChanged.InvokeAsync(Value! with { AlsoExcluded = names });

    /// <summary>What is left out of sessions stays left out, whatever a session is.</summary>
    private Task GiveAsync(SessionDefinition? sessions) => ValueChanged.InvokeAsync(sessions is null ? null : sessions with { AlsoExcluded = Value?.AlsoExcluded ?? [] });
}
