namespace Rondo.HttpApi.Rondo;

/// <summary>Questions that the API's description shows. A test asks every one of them.</summary>
internal static class ReportExamples
{
    public static readonly (string Title, string Json)[] Insights =
    [
        ("How many people play songs each day, by platform, beside the week before",
            """{"metrics":[{"event":{"event":"Play Song"}}],"range":{"kind":"last","count":7,"unit":"day"},"breakdowns":[{"source":"user","property":"platform"}],"past":{"kind":"previous"}}"""),
        ("Revenue per buyer: a formula over a sum and uniques",
            """{"metrics":[{"event":{"event":"Checkout"},"measure":"sum","property":{"source":"event","property":"amount"}},{"event":{"event":"Checkout"}},{"formula":"A / B"}],"unit":"week","range":{"kind":"last","count":12,"unit":"week"}}"""),
        ("Weekly active people, and the 90th percentile of songs per listener",
            """{"metrics":[{"event":{},"measure":"weeklyActive"},{"event":{"event":"Play Song"},"measure":"percentile","percentile":90,"perPerson":"count"}],"range":{"kind":"last","count":30,"unit":"day"}}"""),
        ("First purchases ever by price range, as a rolling average of 7 days",
            """{"metrics":[{"event":{"event":"Checkout","firstTime":true},"measure":"total","rolling":7}],"range":{"kind":"last","count":30,"unit":"day"},"breakdowns":[{"source":"event","property":"amount","buckets":{"kind":"even","size":10,"min":0,"max":100}}]}"""),
        ("Large or repeated orders: several events, a computed property and a date filter",
            """{"metrics":[{"event":{"anyOf":[{"event":"Checkout","filter":{"kind":"property","source":"event","property":"amount","operator":"atLeast","values":[50]}},{"event":"Reorder"}]},"measure":"total"}],"range":{"kind":"last","count":30,"unit":"day"},"filter":{"kind":"property","source":"user","property":"$created","operator":"inTheLast","values":[90,"day"]},"breakdowns":[{"source":"expression","property":"if(properties[\"amount\"] > 100, \"large\", user[\"plan\"])"}]}"""),
    ];

    public static readonly (string Title, string Json)[] Cohort =
    [
        ("People who spent at least 100 in 30 days and are active on at least 5 days",
            """{"name":"Good customers","definition":{"kind":"filter","where":{"kind":"all","of":[{"kind":"figure","event":{"event":"Checkout"},"measure":"sum","property":{"source":"event","property":"amount"},"comparison":"atLeast","number":100,"during":{"kind":"last","count":30,"unit":"day"}},{"kind":"figure","event":{},"measure":"distinctValues","property":{"source":"event","property":"$time"},"buckets":{"kind":"date","part":"day"},"comparison":"atLeast","number":5,"during":{"kind":"last","count":30,"unit":"day"}}]}}}"""),
        ("People who put something into the cart and did not check out within a day",
            """{"name":"Abandoned carts","definition":{"kind":"filter","where":{"kind":"sequence","steps":[{"event":"Add To Cart"},{"event":"Checkout"}],"within":{"count":1,"unit":"day"},"outcome":"notCompleted","during":{"kind":"last","count":7,"unit":"day"}}}}"""),
    ];

    public static readonly (string Title, string Json)[] Funnel =
    [
        ("What a message did within its session, by platform",
            """{"steps":[{"event":"Push Notification Open"},{"event":"Checkout"}],"window":{"count":1,"unit":"session"},"range":{"kind":"last","count":30,"unit":"day"},"breakdowns":[{"source":"user","property":"platform"}]}"""),
        ("Every purchase of the same item that was not cancelled, week by week, with how long it takes",
            """{"steps":[{"event":"View Item"},{"event":"Add To Cart"},{"event":"Checkout"}],"counting":"totals","reEntry":"optimized","optional":[1],"holdConstant":["item"],"exclusions":[{"event":{"event":"Cancel"},"from":1}],"trendUnit":"week","timeToConvert":{"from":0,"to":2},"range":{"kind":"last","count":3,"unit":"month"}}"""),
        ("A form whose fields are filled in any order",
            """{"steps":[{"event":"Open Form"},{"event":"Enter Name"},{"event":"Enter Mail"},{"event":"Send Form"}],"order":"any","anchored":[0,3],"window":{"count":1,"unit":"hour"},"range":{"kind":"last","count":7,"unit":"day"}}"""),
        ("What carts and purchases are worth, by plan, each plan compared with the free one",
            """{"steps":[{"event":"Add To Cart"},{"event":"Checkout"}],"sum":{"source":"event","property":"amount"},"breakdowns":[{"source":"user","property":"plan"}],"control":{"kind":"value","value":"free"},"range":{"kind":"last","count":30,"unit":"day"}}"""),
        ("Sessions from an app's own start and end events",
            """{"steps":[{"event":"$session_start"},{"event":"Checkout"}],"counting":"sessions","sessions":{"kind":"events","start":{"event":"App Open"},"end":{"event":"App Close"}},"range":{"kind":"last","count":7,"unit":"day"}}"""),
    ];

    public static readonly (string Title, string Json)[] Retention =
    [
        ("Who comes back, week by week, by source",
            """{"birth":{"event":"Play Song"},"return":{"event":"Play Song"},"unit":"week","range":{"kind":"last","count":12,"unit":"week"},"breakdowns":[{"source":"event","property":"utm_source"}]}"""),
        ("What a new customer has spent by week 1, month 1 and month 3",
            """{"birth":{"event":"Sign Up"},"return":{"event":"Checkout"},"unit":"day","brackets":[7,23,60],"criterion":"onOrBefore","birthKind":"firstEver","sumProperty":"amount","range":{"kind":"last","count":6,"unit":"month"}}"""),
        ("Unbroken weeks of listening",
            """{"birth":{"event":"Play Song"},"return":{"event":"Play Song"},"unit":"week","alignment":"calendar","criterion":"streak","buckets":8,"range":{"kind":"last","count":12,"unit":"week"}}"""),
    ];

    public static readonly (string Title, string Json)[] Frequency =
    [
        ("On how many days of a week people listen",
            """{"event":{"event":"Play Song"},"period":"week","within":"day","range":{"kind":"last","count":8,"unit":"week"}}"""),
    ];

    public static readonly (string Title, string Json)[] Flow =
    [
        ("Where people land after a message",
            """{"anchor":{"event":"Push Notification Open"},"stepsAfter":3,"window":{"count":1,"unit":"session"},"range":{"kind":"last","count":30,"unit":"day"}}"""),
        ("From a search to a purchase, with the most frequent paths",
            """{"anchor":{"event":"Search"},"stepsAfter":2,"then":[{"event":{"event":"Checkout"},"stepsBefore":2}],"expand":[{"event":"View Item","property":"category"}],"hidden":["Heartbeat"],"topPaths":20,"counting":"totals","range":{"kind":"last","count":30,"unit":"day"}}"""),
        ("How sessions end",
            """{"anchor":{"event":"$session_end"},"stepsBefore":3,"stepsAfter":0,"counting":"sessions","range":{"kind":"last","count":7,"unit":"day"}}"""),
    ];
}
