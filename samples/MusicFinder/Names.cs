namespace Rondo.MusicFinder;

/// <summary>What the sample company tracks, and the words its history is made of.</summary>
public static class Names
{
    /// <summary>First page of the app.</summary>
    public const string ViewHomepage = "View Homepage";

    /// <summary>An account is made; merges the device into the user.</summary>
    public const string SignUp = "Sign Up";

    /// <summary>A search for music.</summary>
    public const string Search = "Search";

    /// <summary>The core event.</summary>
    public const string PlaySong = "Play Song";

    /// <summary>A song is liked.</summary>
    public const string LikeSong = "Like Song";

    /// <summary>A ticket or record is put into the cart.</summary>
    public const string AddToCart = "Add to Cart";

    /// <summary>The cart is looked at.</summary>
    public const string ViewCart = "View Cart";

    /// <summary>The cart is paid.</summary>
    public const string Checkout = "Checkout";

    /// <summary>The page with prices, where Early Bird Renewal should lead.</summary>
    public const string ViewPricingPlan = "View Pricing Plan";

    /// <summary>The plan is renewed.</summary>
    public const string RenewPlan = "Renew Plan";

    /// <summary>Where people came from; the sources of story 1 whose people leave are referral and facebook.</summary>
    internal static readonly (string Value, double Weight)[] Sources =
        [("google", 0.30), ("facebook", 0.20), ("referral", 0.16), ("newsletter", 0.14), ("instagram", 0.12), ("direct", 0.08)];

    internal static readonly (string Value, double Weight)[] Platforms = [("iOS", 0.45), ("Android", 0.40), ("Web", 0.15)];

    internal static readonly (string Value, double Weight)[] Countries =
        [("KR", 0.30), ("US", 0.28), ("DE", 0.14), ("GB", 0.10), ("JP", 0.10), ("FR", 0.08)];

    internal static readonly string[] Genres = ["pop", "indie", "jazz", "hip-hop", "electronic", "classical", "k-pop"];

    internal static readonly string[] Artists =
        ["Paper Lanterns", "The Slow Trains", "Mina Park", "Night Ferry", "Oskar & the Tide", "Low Ceiling", "Hana Lights", "Velvet Antenna", "Seoul Sisters", "Blue Hour Quartet"];

    internal static readonly string[] Songs =
        ["Come Back Around", "Second Verse", "Midnight Refrain", "Same Old Chorus", "Return Ticket", "Evening Loop", "Again, Again", "Circle Line", "Da Capo", "Homeward"];

    internal static readonly string[] FirstNames =
        ["Mina", "Jun", "Sofia", "Leon", "Emma", "Noah", "Hana", "Lucas", "Chloe", "Ben", "Yuna", "Marie", "Tom", "Ji-woo", "Anna", "Felix", "Sora", "Max", "Lena", "Oliver"];

    internal static readonly string[] LastNames =
        ["Kim", "Park", "Müller", "Smith", "Tanaka", "Dubois", "Lee", "Brown", "Schmidt", "Choi", "Garcia", "Wagner", "Sato", "Martin", "Jones"];
}
