using System.CommandLine;
using Rondo.Engine;
using Rondo.Server.Commands;

namespace Rondo.HttpApi.Tests;

/// <summary>What of the store can be set on the command line. What cannot be is in <c>Server.Tests/StoreSettings</c>.</summary>
public sealed class StoreOptionTests
{
    [Fact]
    public void Every_option_reaches_the_store()
    {
        var options = Read("--seal-after", "5000", "--seal-within", "1.5m", "--query-threads", "3", "--keep-log", "7d", "--wait-for-room", "500ms");
        options.SealAfterRows.ShouldBe(5000);
        options.SealAfter.ShouldBe(TimeSpan.FromSeconds(90));
        options.QueryThreads.ShouldBe(3);
        options.LogRetention.ShouldBe(TimeSpan.FromDays(7));
        options.LongestWaitForRoom.ShouldBe(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void What_is_left_out_is_as_the_store_has_it() => Read().ShouldBe(new EngineOptions());

    private static EngineOptions Read(params string[] arguments)
    {
        var (command, store) = (new Command("serve"), new StoreOptions());
        store.AddTo(command);
        var parsed = command.Parse(arguments);
        parsed.Errors.ShouldBeEmpty();
        return store.Read(parsed);
    }
}
