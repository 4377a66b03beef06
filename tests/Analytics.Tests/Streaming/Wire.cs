using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rondo.Analytics.Tests.Streaming;

/// <summary>What goes over the wire, beside the tests as text: <c>wire/*.json</c>, one line an event.</summary>
internal static partial class Wire
{
    /// <summary>Compares with the file of this name; the project's token stands as TOKEN and ids, which depend on it, as ID. RONDO_WRITE_WIRE=1 writes the file anew.</summary>
    public static void ShouldBe(string name, JsonElement body, string token)
    {
        var events = body.ValueKind == JsonValueKind.Array ? body : body.GetProperty("events");
        var lines = events.EnumerateArray().Select(item => Id().Replace(item.GetRawText().Replace(token, "TOKEN", StringComparison.Ordinal), "ID")).ToList();
        var path = Path.Combine(Root(), "tests", "Analytics.Tests", "Streaming", "wire", name + ".json");
        if (Environment.GetEnvironmentVariable("RONDO_WRITE_WIRE") == "1")
        {
            File.WriteAllLines(path, lines);
        }

        lines.ShouldBe(File.ReadAllLines(path));
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Rondo.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
        }

        return directory.FullName;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();
}
