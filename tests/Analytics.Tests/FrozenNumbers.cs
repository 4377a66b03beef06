using Microsoft.EntityFrameworkCore;
using Rondo.Analytics.AudienceSync.Data;
using Rondo.Analytics.Contracts;
using Rondo.Analytics.Data;

namespace Rondo.Analytics.Tests;

/// <summary>Numbers that lie in <c>analytics.db</c> and <c>integrations.db</c>. These lists may grow at their ends; nothing in them may change.</summary>
public sealed class FrozenNumbers
{
    [Fact]
    public void Numbers_of_definitions_keep_their_meaning() => (Of<DefinitionKind>() + " / " + Of<LexiconKind>() + " / " + Of<LexiconStatus>()).ShouldBe(
        "CustomEvent=1 CustomProperty=2 Event=3 EventProperty=4 UserProperty=5 / Event=1 EventProperty=2 UserProperty=3 / Visible=0 Hidden=1 Dropped=2");

    [Fact]
    public void Drop_reasons() => Of<DropReason>().ShouldBe(
        "UnknownToken=1 Malformed=2 MissingName=3 MissingDistinctId=4 MeaninglessId=5 InvalidTime=6 TooOld=7 InFuture=8 InvalidInsertId=9 TooLarge=10 Ignored=11 UnknownOperator=12 InvalidOperand=13 DroppedByLexicon=14");

    [Fact]
    public void Members_and_identifiers() => (Of<MemberState>() + " / " + Of<IdentifierKind>()).ShouldBe(
        "Adding=1 Held=2 Removing=3 Unmatched=4 Refused=5 / ExternalId=1 Alias=2 DeviceId=3");

    [Fact]
    public void Numbers_of_syncs_keep_their_meaning() => (Of<SyncState>() + " / " + Of<SyncAdvice>()).ShouldBe(
        "Active=1 Paused=2 Finished=3 Leaving=4 / Wait=1 RenewKeys=2 CorrectAddress=3 ReadAnswer=4 RemoveSync=5 AllowAddress=6 Resume=7");

    [Fact]
    public void What_a_sync_did() => (Of<AuditOperation>() + " / " + Of<AuditReason>()).ShouldBe(
        "Add=1 Remove=2 NoOp=3 / Entered=1 Left=2 IdentifierChanged=3 SentAgain=4 NoIdentifier=5 Anonymous=6 SameIdentifier=7 Refused=8");

    [Fact]
    public void Numbers_of_streams_keep_their_meaning() => (Of<StreamState>() + " / " + Of<StreamLoss>() + " / " + Of<StreamFileFormat>()).ShouldBe(
        "Active=1 Halted=2 Paused=3 / Refused=1 TooLarge=2 Gone=3 / Ndjson=1 Avro=2");

    [Fact]
    public void Every_change_of_the_tables_has_a_migration()
    {
        using var analytics = new AnalyticsDbContextFactory().CreateDbContext([]);
        using var integrations = new IntegrationsDbContextFactory().CreateDbContext([]);
        analytics.Database.HasPendingModelChanges().ShouldBeFalse("analytics.db");
        integrations.Database.HasPendingModelChanges().ShouldBeFalse("integrations.db");
    }

    private static string Of<T>()
        where T : struct, Enum => string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)}"));
}
