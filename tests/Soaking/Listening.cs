namespace Rondo.Soaking;

/// <summary>One event of the made-up service.</summary>
/// <param name="Person">From 0.</param>
/// <param name="Second">Seconds since 1970.</param>
/// <param name="Name">Index into <see cref="Listening.Names"/>.</param>
/// <param name="Platform">Index into <see cref="Listening.Platforms"/>; the same for all events of a person.</param>
/// <param name="Country">0 to 39, skewed.</param>
/// <param name="Plan">Index into <see cref="Listening.Plans"/>.</param>
/// <param name="Genre">0 to 19.</param>
/// <param name="Amount">1 to 500.</param>
public readonly record struct Act(int Person, uint Second, byte Name, byte Platform, byte Country, byte Plan, byte Genre, short Amount);

/// <summary>
/// A made-up music service, the same for the same numbers: sessions of about eight events, 20 events a person, 120 days, in the
/// order in which sessions begin. Two events of a person are at least three seconds apart, so that every tool means the same by order.
/// </summary>
public sealed class Listening(long eventCount, int seed)
{
    public const int Days = 120;

    /// <summary>2026-01-05, a Monday.</summary>
    public const uint Start = 1_767_571_200;

    private const int Rounds = 10;
    private const uint RoundSeconds = Days / Rounds * 86_400u;
    private const uint LongestSession = 14_400;

    /// <summary>Out of a thousand: how often each name follows.</summary>
    private static readonly int[] Weights = [0, 170, 90, 330, 90, 60, 40, 50, 20, 50, 25, 20, 35, 20];
    private static readonly byte[] NameOfThousand = [.. Weights.SelectMany((weight, name) => Enumerable.Repeat((byte)name, weight))];

    public static IReadOnlyList<string> Names { get; } =
    [
        "App Open", "View Homepage", "Search", "Play Song", "Like Song", "Add To Playlist", "Share Song", "View Pricing Plan",
        "Start Trial", "Add To Cart", "Checkout", "Purchase", "Change Settings", "Log Out",
    ];

    public static IReadOnlyList<string> Platforms { get; } = ["ios", "android", "web"];

    public static IReadOnlyList<string> Plans { get; } = ["free", "trial", "paid"];

    public static IReadOnlyList<string> Countries { get; } = [.. Enumerable.Range(0, 40).Select(country => $"C{country:d2}")];

    public static IReadOnlyList<string> Genres { get; } = [.. Enumerable.Range(0, 20).Select(genre => $"genre {genre}")];

    public int PersonCount { get; } = (int)Math.Max(1_000, eventCount / 20);

    public IEnumerable<Act> Acts()
    {
        var random = new Xorshift((ulong)seed + 0x9E3779B97F4A7C15);
        long made = 0;
        for (var round = 0; ; round++)
        {
            if (round == Rounds)
            {
                yield break;
            }

            for (var place = 0; place < PersonCount; place++)
            {
                // A person's place differs from round to round; the multiplier is prime, so everybody has one.
                var person = (int)(((place * 7_368_787L) + (round * 104_729L)) % PersonCount);
                if (random.Below(1000) >= Activity(person))
                {
                    continue;
                }

                var at = Start + ((uint)round * RoundSeconds) + (uint)((long)place * (RoundSeconds - LongestSession) / PersonCount);
                var platform = PlatformOf(person);
                var country = (byte)Math.Min(39, (int)(Math.Pow(random.Below(1_000_000) / 1e6, 3) * 40));
                var plan = (byte)(random.Below(100) is var dice && dice < 70 ? 0 : dice < 85 ? 1 : 2);
                var length = 3 + random.Below(11);
                for (var step = 0; step < length; step++)
                {
                    if (made++ == eventCount)
                    {
                        yield break;
                    }

                    var name = step == 0 ? (byte)0 : NameOfThousand[random.Below(1000)];
                    yield return new Act(person, at, name, platform, country, plan, (byte)random.Below(20), (short)(1 + random.Below(500)));
                    at += (uint)(3 + random.Below(step % 5 == 4 ? 2400 : 240));
                }
            }
        }
    }

    /// <summary>The id under which a person's events are sent.</summary>
    public static string IdOf(int person) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"user-{person}");

    /// <summary>A person's platform, an index into <see cref="Platforms"/>.</summary>
    public static byte PlatformOf(int person) => (byte)(person * 31L % 100 is var share && share < 45 ? 0 : share < 80 ? 1 : 2);

    /// <summary>Out of a thousand: whether a person comes in a round. 250 on average; some always come, many hardly.</summary>
    private static int Activity(int person) => (person * 2_654_435_761L % 10) switch
    {
        0 => 900,
        1 or 2 => 500,
        3 or 4 or 5 => 200,
        _ => 25 + 25,
    };

    private struct Xorshift(ulong state)
    {
        private ulong _state = state;

        public int Below(int bound)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)((_state >> 33) % (ulong)bound);
        }
    }
}
