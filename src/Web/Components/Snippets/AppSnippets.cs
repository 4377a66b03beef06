namespace Rondo.Web.Components.Snippets;

/// <summary>Mixpanel's packages for sites, apps and games, told where this server is.</summary>
internal static class AppSnippets
{
    public static IReadOnlyList<Snippet> All { get; } =
    [
        new("browser", "Web", SnippetGroup.Apps, "npm install mixpanel-browser", place => $$"""
            import mixpanel from "mixpanel-browser";

            mixpanel.init("{{place.Token}}", { api_host: "{{place.Address}}" });
            mixpanel.identify("user-1");
            mixpanel.people.set({ $name: "Ada", $email: "ada@example.com" });
            mixpanel.track("Play Song", { genre: "jazz" });
            """),
        new("swift", "iOS (Swift)", SnippetGroup.Apps, "// Package: https://github.com/mixpanel/mixpanel-swift", place => $$"""
            import Mixpanel

            Mixpanel.initialize(token: "{{place.Token}}", trackAutomaticEvents: false, serverURL: "{{place.Address}}")
            let mixpanel = Mixpanel.mainInstance()
            mixpanel.identify(distinctId: "user-1")
            mixpanel.people.set(properties: ["$name": "Ada", "$email": "ada@example.com"])
            mixpanel.track(event: "Play Song", properties: ["genre": "jazz"])
            """),
        new("kotlin", "Android (Kotlin)", SnippetGroup.Apps, "// implementation(\"com.mixpanel.android:mixpanel-android:8.+\")", place => $$"""
            import com.mixpanel.android.mpmetrics.MixpanelAPI
            import org.json.JSONObject

            val mixpanel = MixpanelAPI.getInstance(context, "{{place.Token}}", false)
            mixpanel.setServerURL("{{place.Address}}")
            mixpanel.identify("user-1")
            mixpanel.people.set("\$email", "ada@example.com")
            mixpanel.track("Play Song", JSONObject().put("genre", "jazz"))
            """),
        new("reactNative", "React Native", SnippetGroup.Apps, "npm install mixpanel-react-native", place => $$"""
            import { Mixpanel } from "mixpanel-react-native";

            const mixpanel = new Mixpanel("{{place.Token}}", false);
            await mixpanel.init(false, {}, "{{place.Address}}");
            await mixpanel.identify("user-1");
            mixpanel.getPeople().set({ $name: "Ada", $email: "ada@example.com" });
            mixpanel.track("Play Song", { genre: "jazz" });
            """),
        new("flutter", "Flutter", SnippetGroup.Apps, "flutter pub add mixpanel_flutter", place => $$"""
            import 'package:mixpanel_flutter/mixpanel_flutter.dart';

            final mixpanel = await Mixpanel.init('{{place.Token}}', trackAutomaticEvents: false);
            mixpanel.setServerURL('{{place.Address}}');
            mixpanel.identify('user-1');
            mixpanel.getPeople().set(r'$email', 'ada@example.com');
            mixpanel.track('Play Song', properties: {'genre': 'jazz'});
            """),
        new("unity", "Unity", SnippetGroup.Apps, "// Package Manager › Add package from git URL: https://github.com/mixpanel/mixpanel-unity.git#master", place => $$"""
            // Project Settings › Mixpanel › Manual Initialization: on
            using mixpanel;

            MixpanelSettings.Instance.RuntimeToken = "{{place.Token}}";
            MixpanelSettings.Instance.DebugToken = "{{place.Token}}";
            MixpanelSettings.Instance.APIHostAddress = "{{place.Address}}/";
            MixpanelSettings.Instance.ApplyToConfig();
            Mixpanel.Init();

            Mixpanel.Identify("user-1");
            Mixpanel.People.Email = "ada@example.com";
            var properties = new Value();
            properties["genre"] = "jazz";
            Mixpanel.Track("Play Song", properties);
            """),
    ];
}
