using System.Globalization;
using Microsoft.AspNetCore.Components;
using NodaTime;
using NodaTime.Extensions;
using Rondo.Analytics.Contracts;
using Rondo.Model.Time;
using DateRange = Rondo.Model.Time.DateRange;

namespace Rondo.Web.Components.Reports;

/// <summary>The days of a report: the usual ones beside each other, any others behind the calendar. Shows which days are meant, and in which time zone.</summary>
public sealed partial class DateRangeControl
{
    private static readonly (string Key, string Text, DateRange Range)[] Usual =
    [
        ("today", "Today", DateRange.Last(1, CalendarUnit.Day)),
        ("7d", "7D", DateRange.Last(7, CalendarUnit.Day)),
        ("30d", "30D", DateRange.Last(30, CalendarUnit.Day)),
        ("3m", "3M", DateRange.Last(3, CalendarUnit.Month)),
        ("6m", "6M", DateRange.Last(6, CalendarUnit.Month)),
        ("12m", "12M", DateRange.Last(12, CalendarUnit.Month)),
    ];

    private int _count = 30;
    private CalendarUnit _unit = CalendarUnit.Day;
    private DateOnly? _since;
    private DateOnly? _from;
    private DateOnly? _to;

    [CascadingParameter]
    private Project Project { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Parameter, EditorRequired]
    public DateRange Value { get; set; } = default!;

    [Parameter]
    public EventCallback<DateRange> ValueChanged { get; set; }

    private string Chosen => Usual.FirstOrDefault(usual => usual.Range == Value).Key ?? string.Empty;

    private IReadOnlyList<(string Value, string Text)> Choices => [.. Usual.Select(usual => (usual.Key, L[usual.Text].Value))];

    private string Days
    {
        get
        {
            var (first, last) = Resolve();
            var isKorean = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko";
            var (day, year) = isKorean ? ("M월 d일", "yyyy년 ") : ("d MMM", " yyyy");
            string Write(LocalDate date, bool withYear) => isKorean
                ? (withYear ? date.ToString(year, CultureInfo.CurrentCulture) : string.Empty) + date.ToString(day, CultureInfo.CurrentCulture)
                : date.ToString(day, CultureInfo.CurrentCulture) + (withYear ? date.ToString(year, CultureInfo.CurrentCulture) : string.Empty);
            if (first == last)
            {
                return Write(first, true);
            }

            return isKorean ? $"{Write(first, true)} – {Write(last, first.Year != last.Year)}" : $"{Write(first, first.Year != last.Year)} – {Write(last, true)}";
        }
    }

    private (LocalDate First, LocalDate Last) Resolve()
    {
        var window = Value.Resolve(Project.Calendar, Instant.FromDateTimeOffset(Time.GetUtcNow()));
        return (Project.Calendar.DateOf(window.Start), Project.Calendar.DateOf(window.End - Duration.FromMilliseconds(1)));
    }

    private void Fill()
    {
        (_count, _unit) = Value is LastRange last ? (last.Count, last.Unit) : (30, CalendarUnit.Day);
        var (first, end) = Resolve();
        (_since, _from, _to) = (first.ToDateOnly(), first.ToDateOnly(), end.ToDateOnly());
    }

    private Task ChooseAsync(string key) => ValueChanged.InvokeAsync(Usual.First(usual => usual.Key == key).Range);

    private Task UseLastAsync() => ValueChanged.InvokeAsync(DateRange.Last(_count, _unit));

    private Task UseSinceAsync() => ValueChanged.InvokeAsync(new SinceRange(_since!.Value.ToLocalDate()));

    private Task UseBetweenAsync() => ValueChanged.InvokeAsync(DateRange.Between(_from!.Value.ToLocalDate(), _to!.Value.ToLocalDate()));
}
