using NodaTime;

namespace Rondo.Analytics;

/// <summary>The present as the model speaks of it.</summary>
internal static class Clock
{
    public static Instant GetCurrentInstant(this TimeProvider timeProvider) => Instant.FromDateTimeOffset(timeProvider.GetUtcNow());
}
