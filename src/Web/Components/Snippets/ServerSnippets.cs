namespace Rondo.Web.Components.Snippets;

/// <summary>Mixpanel's packages for programs on servers, told where this server is.</summary>
internal static class ServerSnippets
{
    public static IReadOnlyList<Snippet> All { get; } =
    [
        new("node", "Node.js", SnippetGroup.Servers, "npm install mixpanel", place => $$"""
            const mixpanel = require("mixpanel").init("{{place.Token}}", {
              host: "{{place.Authority}}", protocol: "{{place.Scheme}}",
            });
            mixpanel.track("Play Song", { distinct_id: "user-1", genre: "jazz" });
            mixpanel.people.set("user-1", { $name: "Ada", $email: "ada@example.com" });
            """),
        new("python", "Python", SnippetGroup.Servers, "pip install mixpanel", place => $$"""
            from mixpanel import Consumer, Mixpanel

            mixpanel = Mixpanel("{{place.Token}}", consumer=Consumer(
                events_url="{{place.Address}}/track", people_url="{{place.Address}}/engage"))
            mixpanel.track("user-1", "Play Song", {"genre": "jazz"})
            mixpanel.people_set("user-1", {"$name": "Ada", "$email": "ada@example.com"})
            """),
        new("ruby", "Ruby", SnippetGroup.Servers, "gem install mixpanel-ruby", place => $$"""
            require "mixpanel-ruby"

            consumer = Mixpanel::Consumer.new("{{place.Address}}/track", "{{place.Address}}/engage")
            mixpanel = Mixpanel::Tracker.new("{{place.Token}}") { |type, message| consumer.send!(type, message) }
            mixpanel.track("user-1", "Play Song", { "genre" => "jazz" })
            mixpanel.people.set("user-1", { "$name" => "Ada", "$email" => "ada@example.com" })
            """),
        new("go", "Go", SnippetGroup.Servers, "go get github.com/mixpanel/mixpanel-go", place => $$"""
            package main

            import (
            	"context"

            	"github.com/mixpanel/mixpanel-go"
            )

            func main() {
            	ctx := context.Background()
            	mp := mixpanel.NewApiClient("{{place.Token}}", mixpanel.ProxyApiLocation("{{place.Address}}"))
            	mp.Track(ctx, []*mixpanel.Event{mp.NewEvent("Play Song", "user-1", map[string]any{"genre": "jazz"})})
            	mp.PeopleSet(ctx, []*mixpanel.PeopleProperties{
            		mixpanel.NewPeopleProperties("user-1", map[string]any{"$name": "Ada", "$email": "ada@example.com"}),
            	})
            }
            """),
        new("java", "Java", SnippetGroup.Servers, "// Maven: com.mixpanel:mixpanel-java", place => $$"""
            import com.mixpanel.mixpanelapi.ClientDelivery;
            import com.mixpanel.mixpanelapi.MessageBuilder;
            import com.mixpanel.mixpanelapi.MixpanelAPI;
            import org.json.JSONObject;

            MessageBuilder messages = new MessageBuilder("{{place.Token}}");
            ClientDelivery delivery = new ClientDelivery();
            delivery.addMessage(messages.event("user-1", "Play Song", new JSONObject().put("genre", "jazz")));
            delivery.addMessage(messages.set("user-1", new JSONObject().put("$email", "ada@example.com")));
            new MixpanelAPI("{{place.Address}}/track", "{{place.Address}}/engage").deliver(delivery);
            """),
        new("php", "PHP", SnippetGroup.Servers, "composer require mixpanel/mixpanel-php", place => $$"""
            <?php
            require "vendor/autoload.php";

            $mixpanel = Mixpanel::getInstance("{{place.Token}}", [
                "host" => "{{place.Authority}}", "use_ssl" => {{(place.Scheme == "https" ? "true" : "false")}},
            ]);
            $mixpanel->track("Play Song", ["distinct_id" => "user-1", "genre" => "jazz"]);
            $mixpanel->people->set("user-1", ['$name' => "Ada", '$email' => "ada@example.com"]);
            """),
    ];
}
