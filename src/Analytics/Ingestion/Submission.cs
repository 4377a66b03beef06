using Rondo.Analytics.Contracts;
using Rondo.Model.Events;
using Rondo.Model.Profiles;

namespace Rondo.Analytics.Ingestion;

/// <summary>Well-formed records of our own, put into the form that the steps judge.</summary>
internal static class Submission
{
    public static SubmittedEvent Of(TrackedEvent tracked) => new()
    {
        Name = tracked.Name,
        DistinctId = tracked.DistinctId,
        DeviceId = tracked.DeviceId,
        UserId = tracked.UserId,
        InsertId = tracked.InsertId,
        Time = tracked.Time,
        Properties = [.. tracked.Properties],
    };

    public static SubmittedProfileUpdate Of(ProfileUpdate update) => new()
    {
        DistinctId = update.DistinctId,
        Time = update.Time,
        IgnoreTime = update.IgnoreTime,
        IgnoreAlias = update.IgnoreAlias,
        Operations = [new ProfileOperation(update.Operator, update.Properties)],
    };
}
