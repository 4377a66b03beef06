using System.Globalization;
using NodaTime;
using Rondo.Model.Time;

namespace Rondo.Web.Components;

/// <summary>How numbers and times are written on every page, in the language of the page.</summary>
internal static class Figures
{
    /// <summary>Shown where there is no number.</summary>
    public const string None = "–";

    public static string Count(long value) => value.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>A figure that need not be whole: up to two decimals; a dash where there is none.</summary>
    public static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("#,0.##", CultureInfo.CurrentCulture) : None;

    /// <summary>A share as percent with one decimal; a dash where there is none.</summary>
    public static string Percent(double? share) =>
        share is { } value && double.IsFinite(value) ? (value * 100).ToString("0.0", CultureInfo.CurrentCulture) + "%" : None;

    /// <summary>A part of a whole as percent; a dash when the whole is empty.</summary>
    public static string Percent(long part, long whole) => Percent(whole == 0 ? null : (double)part / whole);

    /// <summary>Percentage points with sign.</summary>
    public static string Points(double difference) => (difference * 100).ToString("+0.0;−0.0;0.0", CultureInfo.CurrentCulture);

    /// <summary>A length of time in its two largest units.</summary>
    public static string Length(double? seconds)
    {
        if (seconds is not { } value || !double.IsFinite(value))
        {
            return None;
        }

        // Korean joins a number and its unit.
        var isKorean = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko";
        var (days, hours, minutes, rest) = isKorean ? ("일", "시간", "분", "초") : (" d", " h", " min", " s");
        var span = TimeSpan.FromSeconds(Math.Abs(value));
        var text = span switch
        {
            { TotalDays: >= 1 } => Two((int)span.TotalDays, days, span.Hours, hours),
            { TotalHours: >= 1 } => Two((int)span.TotalHours, hours, span.Minutes, minutes),
            { TotalMinutes: >= 1 } => Two(span.Minutes, minutes, span.Seconds, rest),
            _ => $"{span.TotalSeconds.ToString(span.TotalSeconds < 10 ? "0.#" : "0", CultureInfo.CurrentCulture)}{rest}",
        };
        return value < 0 ? "−" + text : text;
    }

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit} {small}{smallUnit}";

    /// <summary>A day of the project, short.</summary>
    public static string Day(Instant instant, ProjectCalendar calendar) =>
        calendar.DateOf(instant).ToString(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko" ? "M월 d일" : "d MMM", CultureInfo.CurrentCulture);

    /// <summary>A bucket of a chart, as precise as its unit.</summary>
    public static string Bucket(Instant start, CalendarUnit unit, ProjectCalendar calendar)
    {
        var local = start.InZone(calendar.Zone).LocalDateTime;
        var isKorean = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko";
        return unit switch
        {
            CalendarUnit.Hour => local.ToString(isKorean ? "M월 d일 HH:mm" : "d MMM HH:mm", CultureInfo.CurrentCulture),
            CalendarUnit.Month => local.ToString(isKorean ? "yyyy년 M월" : "MMM yyyy", CultureInfo.CurrentCulture),
            CalendarUnit.Quarter => isKorean ? $"{local.Year}년 {((local.Month - 1) / 3) + 1}분기" : $"Q{((local.Month - 1) / 3) + 1} {local.Year}",
            _ => Day(start, calendar),
        };
    }

    /// <summary>Date and time of the project.</summary>
    public static string Moment(Instant instant, ProjectCalendar calendar) =>
        instant.InZone(calendar.Zone).LocalDateTime.ToString(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko" ? "yyyy년 M월 d일 HH:mm" : "d MMM yyyy HH:mm", CultureInfo.CurrentCulture);

    /// <summary>Date and time of the project to the second.</summary>
    public static string ExactMoment(Instant instant, ProjectCalendar calendar) =>
        instant.InZone(calendar.Zone).LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in its largest unit.</summary>
    public static string Ago(Instant then, Instant now)
    {
        var isKorean = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko";
        var past = now - then;
        return past switch
        {
            { TotalSeconds: < 5 } => isKorean ? "방금" : "just now",
            { TotalMinutes: < 1 } => isKorean ? $"{(int)past.TotalSeconds}초 전" : $"{(int)past.TotalSeconds} s ago",
            { TotalHours: < 1 } => isKorean ? $"{(int)past.TotalMinutes}분 전" : $"{(int)past.TotalMinutes} min ago",
            { TotalDays: < 1 } => isKorean ? $"{(int)past.TotalHours}시간 전" : $"{(int)past.TotalHours} h ago",
            _ => isKorean ? $"{(int)past.TotalDays}일 전" : (int)past.TotalDays == 1 ? "1 day ago" : $"{(int)past.TotalDays} days ago",
        };
    }

    /// <summary>The time of day in the project.</summary>
    public static string Clock(Instant instant, ProjectCalendar calendar) =>
        instant.InZone(calendar.Zone).LocalDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
