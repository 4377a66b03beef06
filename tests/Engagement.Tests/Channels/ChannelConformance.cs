using NodaTime;
using Rondo.Engagement.Channels;
using Rondo.Engagement.Delivery;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Tests.Channels;

/// <summary>What arrived at the other end: to whom, what, and under which key where the other end sees one.</summary>
internal sealed record Arrival(string Address, string Title, string Body);

/// <summary>One provider with its other end.</summary>
internal interface IChannelUnderTest : IAsyncDisposable
{
    IChannelProvider Provider { get; }

    MessageContent Content(string title, string body);

    string Address(string name);

    string DeadAddress { get; }

    string BusyAddress { get; }

    Task<IReadOnlyList<Arrival>> ArrivalsAsync();
}

/// <summary>What every provider must do, whatever carries it.</summary>
public abstract class ChannelConformance
{
    internal static IReadOnlyDictionary<string, string> Ids { get; } = new Dictionary<string, string> { ["campaign_id"] = "7", ["campaign_name"] = "Come back", ["link"] = "musicfinder://home" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal abstract Task<IChannelUnderTest> CreateAsync();

    [Fact]
    public async Task A_message_arrives_as_it_was_written()
    {
        await using var channel = await CreateAsync();
        var answer = await channel.Provider.SendAsync(Message(channel, channel.Address("ada"), "Hello 안녕", "We miss you — “really”"), Token);
        answer.ShouldBeOfType<Accepted>();
        (await channel.ArrivalsAsync()).ShouldHaveSingleItem().ShouldBe(new Arrival(channel.Address("ada"), "Hello 안녕", "We miss you — “really”"));
    }

    [Fact]
    public async Task A_dead_address_bounces_and_the_answer_does_not_repeat_it()
    {
        await using var channel = await CreateAsync();
        var answer = await channel.Provider.SendAsync(Message(channel, channel.DeadAddress), Token);
        answer.ShouldBeOfType<Bounced>().Detail.ShouldNotBeNull().ShouldNotContain(channel.DeadAddress);
        (await channel.ArrivalsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_refused_for_now_arrives_when_it_is_sent_again()
    {
        await using var channel = await CreateAsync();
        var message = Message(channel, channel.BusyAddress);
        (await channel.Provider.SendAsync(message, Token)).ShouldBeOfType<TryLater>();
        (await channel.Provider.SendAsync(message, Token)).ShouldBeOfType<Accepted>();
        (await channel.ArrivalsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Many_at_once_arrive_once_each()
    {
        await using var channel = await CreateAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => channel.Provider.SendAsync(Message(channel, channel.Address($"p{index}")), Token)));
        answers.ShouldAllBe(answer => answer is Accepted);
        (await channel.ArrivalsAsync()).Select(arrival => arrival.Address).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, 200).Select(index => channel.Address($"p{index}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_provider_that_remembers_answers_for_what_it_took_and_takes_it_once()
    {
        await using var channel = await CreateAsync();
        if (channel.Provider is not IRemembersMessages memory)
        {
            // A provider that cannot be asked is dealt with by the ledger: see LedgerRecoveryTests.
            return;
        }

        var (taken, never) = (Message(channel, channel.Address("ada")), Message(channel, channel.Address("bob")));
        var first = await channel.Provider.SendAsync(taken, Token);
        (await channel.Provider.SendAsync(taken, Token)).ShouldBe(first);
        var recalled = await memory.RecallAsync([taken.Key, never.Key], Token);
        recalled.ShouldHaveSingleItem().Key.ShouldBe(taken.Key);
        recalled[taken.Key].ShouldBe(first);
        (await channel.ArrivalsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_at_the_other_end_is_a_reason_to_try_later()
    {
        var channel = await CreateAsync();
        await using (channel)
        {
            if (channel.Provider is not Rondo.Engagement.Channels.Sandbox.SandboxChannel)
            {
                await ((IOtherEnd)channel).CloseOtherEndAsync();
                (await channel.Provider.SendAsync(Message(channel, channel.Address("ada")), Token)).ShouldBeOfType<TryLater>();
            }
        }
    }

    internal static OutgoingMessage Message(IChannelUnderTest channel, string address, string title = "Hello", string body = "We miss you") => new(
        SendKey.Of(1, 0, "ada", "launch", address), new ProjectId(1), "ada", address, channel.Content(title, body), Instant.FromUtc(2026, 3, 2, 9, 0));
}

/// <summary>An other end that can go away.</summary>
internal interface IOtherEnd
{
    ValueTask CloseOtherEndAsync();
}
