namespace Rondo.Web.Components.Snippets;

/// <summary>The same without a package: two requests that any program can make.</summary>
internal static class HttpSnippets
{
    public static IReadOnlyList<Snippet> All { get; } =
    [
        new("curl", "curl", SnippetGroup.Http, null, place => $$$"""
            curl {{{place.Address}}}/track -H "content-type: application/json" -d '[
              {"event": "Play Song", "properties": {"token": "{{{place.Token}}}", "distinct_id": "user-1", "genre": "jazz"}}
            ]'
            curl {{{place.Address}}}/engage -H "content-type: application/json" -d '[
              {"$token": "{{{place.Token}}}", "$distinct_id": "user-1", "$set": {"$name": "Ada", "$email": "ada@example.com"}}
            ]'
            """),
        new("pythonHttp", "Python, no package", SnippetGroup.Http, null, place => $$$"""
            import json, urllib.request

            def send(path, records):
                request = urllib.request.Request(
                    "{{{place.Address}}}" + path, json.dumps(records).encode(), {"content-type": "application/json"})
                answer = json.load(urllib.request.urlopen(request))
                assert answer["status"] == 1, answer

            token = "{{{place.Token}}}"
            send("/track?verbose=1", [
                {"event": "Play Song", "properties": {"token": token, "distinct_id": "user-1", "genre": "jazz"}}])
            send("/engage?verbose=1", [
                {"$token": token, "$distinct_id": "user-1", "$set": {"$name": "Ada", "$email": "ada@example.com"}}])
            """),
        new("csharp", "C# (.NET)", SnippetGroup.Http, null, place => $$$""""
            using System.Text;

            const string Token = "{{{place.Token}}}";
            using var http = new HttpClient { BaseAddress = new Uri("{{{place.Address}}}") };
            await SendAsync("/track?verbose=1", $$"""
                [{"event": "Play Song", "properties": {"token": "{{Token}}", "distinct_id": "user-1", "genre": "jazz"} }]
                """);
            await SendAsync("/engage?verbose=1", $$"""
                [{"$token": "{{Token}}", "$distinct_id": "user-1", "$set": {"$name": "Ada", "$email": "ada@example.com"} }]
                """);

            async Task SendAsync(string path, string json)
            {
                using var reply = await http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
                Console.WriteLine(await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            }
            """"),
    ];
}
