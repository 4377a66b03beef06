using Rondo.Model.Time;

namespace Rondo.Web.Tests.Components;

public sealed class WindowTextTests
{
    [Theory]
    [InlineData(7, WindowUnit.Day, "7 Day")]
    [InlineData(1, WindowUnit.Session, "1 Session")]
    public void Every_window_can_be_printed_a_number_of_sessions_too(int count, WindowUnit unit, string text) => new ConversionWindow(count, unit).ToString().ShouldBe(text);
}
