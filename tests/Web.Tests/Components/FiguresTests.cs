using NodaTime;
using Rondo.Model.Time;
using Rondo.Web.Components;

namespace Rondo.Web.Tests.Components;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1_234_567, "1,234,567")]
    [InlineData(-12_000, "-12,000")]
    public void Big_numbers_have_separators(long value, string shown) => Figures.Count(value).ShouldBe(shown);

    [Theory]
    [InlineData(0.0, "0.0%")]
    [InlineData(0.8274, "82.7%")]
    [InlineData(1.0, "100.0%")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.PositiveInfinity, "–")]
    [InlineData(null, "–")]
    public void A_share_has_one_decimal_and_is_never_NaN(double? share, string shown) => Figures.Percent(share).ShouldBe(shown);

    [Fact]
    public void A_share_of_nobody_is_a_dash()
    {
        Figures.Percent(0, 0).ShouldBe("–");
        Figures.Percent(1, 3).ShouldBe("33.3%");
    }

    [Theory]
    [InlineData(0.062, "+6.2")]
    [InlineData(-0.004, "−0.4")]
    [InlineData(0.0, "0.0")]
    public void Points_carry_their_sign(double difference, string shown) => Figures.Points(difference).ShouldBe(shown);

    [Theory]
    [InlineData(0.25, "0.3 s", "0.3초")]
    [InlineData(59.0, "59 s", "59초")]
    [InlineData(3 * 60.0, "3 min", "3분")]
    [InlineData((2 * 3600) + (5 * 60.0), "2 h 5 min", "2시간 5분")]
    [InlineData((2 * 86400) + (11 * 3600) + 59.0, "2 d 11 h", "2일 11시간")]
    [InlineData(double.NaN, "–", "–")]
    [InlineData(null, "–", "–")]
    public void A_length_of_time_shows_its_two_largest_units(double? seconds, string english, string korean)
    {
        Figures.Length(seconds).ShouldBe(english);
        using var language = Language.Korean();
        Figures.Length(seconds).ShouldBe(korean);
    }

    [Fact]
    public void A_bucket_is_written_as_precisely_as_its_unit_in_the_zone_of_the_project()
    {
        var seoul = new ProjectCalendar(DateTimeZoneProviders.Tzdb["Asia/Seoul"], IsoDayOfWeek.Monday);
        var start = Instant.FromUtc(2026, 3, 31, 15, 0);
        Figures.Bucket(start, CalendarUnit.Hour, seoul).ShouldBe("1 Apr 00:00");
        Figures.Bucket(start, CalendarUnit.Day, seoul).ShouldBe("1 Apr");
        Figures.Bucket(start, CalendarUnit.Month, seoul).ShouldBe("Apr 2026");
        Figures.Bucket(start, CalendarUnit.Quarter, seoul).ShouldBe("Q2 2026");
        using var language = Language.Korean();
        Figures.Bucket(start, CalendarUnit.Day, seoul).ShouldBe("4월 1일");
        Figures.Bucket(start, CalendarUnit.Quarter, seoul).ShouldBe("2026년 2분기");
    }

    [Theory]
    [InlineData(3, "just now")]
    [InlineData(42, "42 s ago")]
    [InlineData(3600, "1 h ago")]
    [InlineData(86400, "1 day ago")]
    [InlineData(3 * 86400, "3 days ago")]
    public void What_is_past_is_said_in_its_largest_unit(int seconds, string shown) =>
        Figures.Ago(Site.Noon - Duration.FromSeconds(seconds), Site.Noon).ShouldBe(shown);
}
