using System.IO.Compression;
using System.Text;

namespace Rondo.HttpApi.Tests.Exchanges;

/// <summary>
/// A file of wire exchanges. Each begins with <c>=== what it shows</c>, then the request as HTTP writes it, <c>---</c>, the
/// expected status, headers and exact body, and any number of proofs of what was kept: <c>--- events</c>,
/// <c>--- profile ID</c>, <c>--- counts</c>.
/// A header <c>@body:</c> of the request names what is done to its body before it is sent: base64, base64url, urlencode,
/// form (data=…), gzip, cut N, latin1, array N, repeat N, in the order given.
/// </summary>
internal sealed record ExchangeFile(string Name, IReadOnlyList<Exchange> Exchanges)
{
    public static string Folder { get; } = Path.Combine(TestFiles.ProjectFolder, "exchanges");

    public static IEnumerable<string> Names() => Directory.GetFiles(Folder, "*.http").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);

    public static ExchangeFile Read(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name)).Replace("\r\n", "\n", StringComparison.Ordinal);
        var parts = ("\n" + text).Split("\n=== ").Skip(1);
        return new ExchangeFile(name, [.. parts.Select(Exchange.Parse)]);
    }
}

/// <summary>One request and all that is expected of it.</summary>
internal sealed record Exchange(string Title, Message Request, Message Reply, IReadOnlyList<(string Kind, string Expected)> Proofs)
{
    public static Exchange Parse(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var sections = text[(end + 1)..].Split("\n---");
        return new Exchange(
            text[..end].Trim(),
            Message.Parse(sections[0].Trim('\n')),
            Message.Parse(sections[1].Trim('\n')),
            [.. sections.Skip(2).Select(section =>
            {
                var line = section.IndexOf('\n', StringComparison.Ordinal);
                return (section[..line].Trim(), section[(line + 1)..].Trim('\n'));
            })]);
    }
}

/// <summary>A first line, headers and a body.</summary>
internal sealed record Message(string FirstLine, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public static Message Parse(string text)
    {
        var blank = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = (blank < 0 ? text : text[..blank]).Split('\n');
        var headers = head.Skip(1).Select(line => line.Split(':', 2)).Select(pair => (pair[0].Trim(), pair[1].Trim()));
        return new Message(head[0].Trim(), [.. headers], blank < 0 ? string.Empty : text[(blank + 2)..]);
    }

    /// <summary>The body as it goes over the wire.</summary>
    public byte[] WireBody()
    {
        var bytes = Encoding.UTF8.GetBytes(Body);
        var transforms = Headers.Where(header => header.Name == "@body").SelectMany(header => header.Value.Split(',', StringSplitOptions.TrimEntries));
        foreach (var transform in transforms)
        {
            bytes = transform.Split(' ') switch
            {
                ["base64"] => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)),
                ["base64url"] => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_').TrimEnd('=')),
                ["urlencode"] => Encoding.ASCII.GetBytes(Uri.EscapeDataString(Encoding.UTF8.GetString(bytes))),
                ["form"] => [.. "data="u8, .. bytes],
                ["gzip"] => Gzip(bytes),
                ["cut", var count] => bytes[..^int.Parse(count, null)],
                ["latin1"] => Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(bytes)),
                ["array", var count] => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(Encoding.UTF8.GetString(bytes), int.Parse(count, null)))}]"),
                ["repeat", var count] => [.. Enumerable.Repeat(bytes, int.Parse(count, null)).SelectMany(part => part)],
                _ => throw new InvalidOperationException($"'{transform}' is not a transform."),
            };
        }

        return bytes;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packing.Write(bytes);
        }

        return packed.ToArray();
    }
}
