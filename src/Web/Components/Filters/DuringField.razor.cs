using System.Globalization;
using Microsoft.AspNetCore.Components;
using NodaTime;
using NodaTime.Text;
using Rondo.Analytics.Contracts;
using Rondo.Model.Time;

namespace Rondo.Web.Components.Filters;

/// <summary>The days a condition on behaviour looks at; null stands for the whole history.</summary>
public sealed partial class DuringField
{
    private const int DefaultDays = 30;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Parameter]
    public DateRange? Value { get; set; }

    [Parameter]
    public EventCallback<DateRange?> ValueChanged { get; set; }

    private LocalDate Today => Project.Calendar.DateOf(Instant.FromDateTimeOffset(Time.GetUtcNow()));

    private string Kind => Value switch
    {
        null => "ever",
        BetweenRange => "between",
        SinceRange => "since",
        _ => "last",
    };

    private static string DayOf(LocalDate day) => LocalDatePattern.Iso.Format(day);

    private Task ChangeKindAsync(ChangeEventArgs change) => ValueChanged.InvokeAsync(change.Value?.ToString() switch
    {
        "ever" => null,
        "between" => new BetweenRange(Today.PlusDays(1 - DefaultDays), Today),
        "since" => new SinceRange(Today.PlusDays(1 - DefaultDays)),
        _ => DateRange.Last(DefaultDays, CalendarUnit.Day),
    });

    private Task ChangeCountAsync(LastRange last, ChangeEventArgs change) =>
        int.TryParse(change.Value?.ToString(), CultureInfo.InvariantCulture, out var count) ? ValueChanged.InvokeAsync(last with { Count = count }) : Task.CompletedTask;

    private Task ChangeDayAsync(ChangeEventArgs change, Func<LocalDate, DateRange> with) =>
        LocalDatePattern.Iso.Parse(change.Value?.ToString() ?? string.Empty) is { Success: true, Value: var day } ? ValueChanged.InvokeAsync(with(day)) : Task.CompletedTask;
}
