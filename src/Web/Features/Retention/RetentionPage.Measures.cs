using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Rondo.Model.Predicates;
using Rondo.Model.Queries;
using Rondo.Model.Time;
using Rondo.Web.Charts;
using Rondo.Web.Components;
using Rondo.Web.Components.Pickers;

namespace Rondo.Web.Features.Retention;

/// <content>What is shown of every cell, as a curve or one period over time.</content>
public sealed partial class RetentionPage
{
    private enum Measured
    {
        Rate,
        People,
        Sum,
        PerPerson,
    }

    /// <summary>Of the answer that is drawn.</summary>
    private Measured Measure => MeasureOf(AnsweredQuery!);

    /// <summary>As the address says, as far as the question has it.</summary>
    private Measured MeasureOf(RetentionQuery query) => (query.SumProperty, Enum.TryParse<Measured>(Shown, out var shown) ? shown : Measured.Rate) switch
    {
        (null, Measured.Sum or Measured.PerPerson) => Measured.Rate,
        (not null, Measured.Rate or Measured.People) => Measured.Sum,
        var (_, measured) => measured,
    };

    private string BucketTitle(RetentionQuery query, int bucket)
    {
        var edges = query.BucketEdges();
        var (first, last) = (edges[bucket], edges[bucket + 1] - 1);
        var name = first == last ? first.ToString(CultureInfo.CurrentCulture) : $"{first}–{last}";
        return query.Unit switch
        {
            CalendarUnit.Day => L["Day {0}", name],
            CalendarUnit.Month => L["Month {0}", name],
            _ => L["Week {0}", name],
        };
    }

    private ImmutableArray<double?> AverageOf(RetentionSegment segment) => Measure switch
    {
        Measured.People => segment.AverageCount,
        Measured.Sum => segment.AverageSum,
        Measured.PerPerson => segment.AverageSumPerPerson,
        _ => segment.Average,
    };

    private double? FigureOf(RetentionRow row, int bucket) => Measure switch
    {
        _ when row.Size == 0 => null,
        Measured.People => row.Retained[bucket],
        Measured.Sum => row.Sums[bucket],
        Measured.PerPerson => row.Retained[bucket] == 0 ? null : row.Sums[bucket] / row.Retained[bucket],
        _ => (double)row.Retained[bucket] / row.Size,
    };

    private string TextOf(double? figure) => Measure == Measured.Rate ? Figures.Percent(figure) : figure?.ToString("N1", CultureInfo.CurrentCulture) ?? Figures.None;

    private LineDrawing DrawingOf(RetentionQuery query, Func<RetentionSegment, string> colorOf)
    {
        var trend = TrendBucket is { } chosen ? Math.Min(chosen, query.BucketCount() - 1) : (int?)null;
        var rows = Answer!.Result.Segments[0].Rows;
        return new LineDrawing
        {
            Buckets = trend is null
                ? [.. Enumerable.Range(0, query.BucketCount()).Select(bucket => BucketTitle(query, bucket))]
                : [.. rows.Select(row => Figures.Bucket(row.Start, query.Unit, Project.Calendar))],
            Series = [.. _drawnSegments.Select(segment => new DrawnSeries(
                KeyOf(segment), TitleOf(segment.Segment), colorOf(segment),
                trend is { } bucket ? [.. segment.Rows.Select(row => FigureOf(row, bucket))] : AverageOf(segment),
                IsStrong: segment.Segment.Kind == SegmentKind.Overall))],
            FirstIncomplete = trend is { } its ? rows.Count(row => row.CompleteBuckets > its) : query.BucketCount(),
            IncompleteNote = L["still going on"],
            IsPercent = Measure == Measured.Rate,
        };
    }

    private Task ClickedAsync(ChartClick click)
    {
        if (click.Series >= _drawnSegments.Count)
        {
            return Task.CompletedTask;
        }

        var segment = _drawnSegments[click.Series];
        return SelectAsync((TrendBucket is { } bucket
            ? SelectionOf(AnsweredQuery!, segment, segment.Rows[click.Index], Math.Min(bucket, AnsweredQuery!.BucketCount() - 1))
            : SelectionOf(AnsweredQuery!, segment, null, click.Index), click.X, click.Y));
    }

    private void ShowTrend(int? bucket)
    {
        TrendBucket = bucket;
        ShowAgain();
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("trend", bucket), replace: true);
    }

    private async Task ChangeMeasureAsync(ChangeEventArgs change)
    {
        var measured = Enum.Parse<Measured>(change.Value!.ToString()!);
        Shown = measured == Measured.Rate ? null : measured.ToString();
        var sums = measured is Measured.Sum or Measured.PerPerson;
        if (sums == Query!.SumProperty is not null)
        {
            ShowAgain();
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("show", Shown), replace: true);
            return;
        }

        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("show", Shown), replace: true);
        if (!sums)
        {
            Change(Query with { SumProperty = null, SumSource = PropertySource.Event });
            return;
        }

        var properties = await Vocabulary.PropertiesAsync(Project.Id, PropertySource.Event, Query.Return.Event);
        Change(Query with { SumProperty = properties.OrderByDescending(property => property.Kinds.Contains(Model.Events.PropertyKind.Number)).Select(property => property.Name).FirstOrDefault("amount") });
    }

    private void ShowAgain()
    {
        if (Answer is not null)
        {
            Show(AnsweredQuery!, Answer);
        }
    }

    private void PickSum(object picked)
    {
        if (picked is PickedProperty property)
        {
            Change(Query! with { SumProperty = property.Name, SumSource = property.Source });
        }
    }

    private void ChangeBrackets(ChangeEventArgs change) => Change(Query! with
    {
        Brackets = [.. (change.Value?.ToString() ?? string.Empty).Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries).Select(size => int.TryParse(size, CultureInfo.InvariantCulture, out var number) ? number : 0)],
    });
}
