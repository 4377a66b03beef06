using Microsoft.EntityFrameworkCore;
using Rondo.Engagement.Contracts;
using Rondo.Engagement.Data;
using Rondo.Engagement.Delivery;
using Rondo.Engagement.Links;

namespace Rondo.Engagement.Tests;

/// <summary>Numbers and keys that lie in databases and mailboxes. These lists may grow at their ends; nothing in them may change.</summary>
public sealed class FrozenNumbers
{
    [Fact]
    public void Send_states() => Of<SendState>().ShouldBe("Waiting=1 Sending=2 Sent=3 Bounced=4 Failed=5 Skipped=6 Unknown=7 Control=8");

    [Fact]
    public void Message_states() => Of<MessageState>().ShouldBe("Sending=1 Accepted=2 Bounced=3 Failed=4 Unknown=5 Waiting=6");

    [Fact]
    public void Send_reasons() => Of<SendReason>().ShouldBe(
        "NoAddress=1 Unsubscribed=2 Bounced=3 Aborted=4 TemplateFailed=5 CampaignStopped=6 ChannelNotReady=7 Refused=8 AttemptsUsedUp=9 OutcomeUnknown=10 MergedPerson=11 Waiting=12 InvalidAddress=13 Erased=14");

    [Fact]
    public void Campaign_states() => Of<CampaignState>().ShouldBe("Draft=1 Scheduled=2 Active=3 Finished=4 Stopped=5");

    [Fact]
    public void Channels_and_providers() => (Of<Channel>() + " " + Of<Provider>()).ShouldBe("Push=1 Email=2 None=0 Sandbox=1 Fcm=2 Smtp=3");

    [Fact]
    public void Link_kinds() => Of<LinkKind>().ShouldBe("Open=1 Click=2 Unsubscribe=3");

    [Fact]
    public void Send_keys_and_insert_ids()
    {
        SendKey.Of(7, 0, "ada", "launch", "token-1").ShouldBe("a9c91894db245c5dd2a03b127cb3c2d2");
        SendKey.InsertId("key", "send").ShouldBe("9ccef547e31b3a68e894f2b5f66f9832");
    }

    [Fact]
    public void Every_change_of_the_tables_has_a_migration()
    {
        using var engagement = new EngagementDataDesign().CreateDbContext([]);
        engagement.Database.HasPendingModelChanges().ShouldBeFalse();
    }

    private static string Of<T>()
        where T : struct, Enum => string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)}"));
}
