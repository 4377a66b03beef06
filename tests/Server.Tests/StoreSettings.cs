using Rondo.Running;

namespace Rondo.Server.Tests;

/// <summary>What of the store cannot be set so on the command line.</summary>
public sealed class StoreSettings
{
    [Theory]
    [InlineData("--wait-for-room", "10", "--wait-for-room must be a number with ms, s, m, h or d, 0s or more, such as 10s.")]
    [InlineData("--wait-for-room", "-1s", "--wait-for-room must be a number")]
    [InlineData("--keep-log", "99999999999d", "--keep-log must be a number")]
    [InlineData("--seal-within", "0s", "1s or more")]
    [InlineData("--query-threads", "0", "--query-threads must be 1 to 256.")]
    [InlineData("--query-threads", "257", "--query-threads must be 1 to 256.")]
    [InlineData("--seal-after", "0", "--seal-after must be 1 or more.")]
    public async Task What_cannot_be_is_refused_with_the_option_and_its_rule(string option, string value, string words)
    {
        var refused = await ServerProcess.RunAsync("serve", $"{option}={value}");
        refused.ExitCode.ShouldBe(2, refused.Output);
        (refused.Errors + refused.Output).ShouldContain(words);
    }
}
