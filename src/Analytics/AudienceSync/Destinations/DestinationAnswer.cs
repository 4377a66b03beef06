using NodaTime;
using Rondo.Analytics.Contracts;

namespace Rondo.Analytics.AudienceSync.Destinations;

/// <summary>What became of a call. A closed set; <see cref="Detail"/> holds no key.</summary>
internal abstract record DestinationAnswer(string Detail);

/// <summary>It was taken.</summary>
internal sealed record Taken() : DestinationAnswer("accepted");

/// <summary>It was not taken now, or nobody knows; the same call is made again.</summary>
/// <param name="Detail">The other side's words.</param>
/// <param name="After">How long it asks to wait; null leaves it to us.</param>
internal sealed record TryAgain(string Detail, Duration? After = null) : DestinationAnswer(Detail);

/// <summary>Something in the page is not acceptable: smaller pages find out what.</summary>
internal sealed record PageRefused(string Detail) : DestinationAnswer(Detail);

/// <summary>Trying again cannot help until somebody has done something.</summary>
internal sealed record Stopped(string Detail, SyncAdvice Advice) : DestinationAnswer(Detail);
