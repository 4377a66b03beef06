using NodaTime;

namespace Rondo.MusicFinder.People;

/// <summary>One registered person of the sample company, as planned.</summary>
/// <param name="Number">0-based.</param>
/// <param name="UserId">The id after signing up.</param>
/// <param name="DeviceId">The anonymous device before.</param>
/// <param name="FirstName">Given name.</param>
/// <param name="Name">Full name.</param>
/// <param name="Email">Address; null for a few.</param>
/// <param name="PushToken">Registration of the device with the sandbox; null for those without push.</param>
/// <param name="Source">utm_source.</param>
/// <param name="Platform">iOS, Android or Web.</param>
/// <param name="Country">Two letters.</param>
/// <param name="Genre">What the person likes.</param>
/// <param name="IsPaid">Whether on the paid plan.</param>
/// <param name="SignedUpAt">When the account was made.</param>
/// <param name="ActiveWeeks">Per week since signing up, whether the person listens in it.</param>
public sealed record Listener(
    int Number,
    string UserId,
    string DeviceId,
    string FirstName,
    string Name,
    string? Email,
    string? PushToken,
    string Source,
    string Platform,
    string Country,
    string Genre,
    bool IsPaid,
    Instant SignedUpAt,
    IReadOnlyList<bool> ActiveWeeks)
{
    /// <summary>The week of the person's life that an instant lies in; negative before signing up.</summary>
    public int WeekOf(Instant instant) => (int)Math.Floor((instant - SignedUpAt).TotalDays / 7);

    /// <summary>Whether the person listens in the week of an instant.</summary>
    public bool IsActiveAt(Instant instant) => WeekOf(instant) is var week && week >= 0 && week < ActiveWeeks.Count && ActiveWeeks[week];
}
