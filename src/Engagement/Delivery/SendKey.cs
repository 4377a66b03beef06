using System.Security.Cryptography;
using System.Text;

namespace Rondo.Engagement.Delivery;

/// <summary>Keys against duplicates: always the same for the same message, whoever computes them and when. Frozen.</summary>
internal static class SendKey
{
    /// <summary>The key of one message: 32 hex digits of SHA-256 over campaign, step, person, occurrence and address.</summary>
    public static string Of(int campaign, int step, string person, string occurrence, string address) =>
        Hex($"{campaign}\n{step}\n{person}\n{occurrence}\n{address}");

    /// <summary>The insert id of an event about a message or a person: the same however often it is reported.</summary>
    public static string InsertId(string key, string what) => Hex($"{key}\n{what}");

    /// <summary>32 hex digits of SHA-256 of a text.</summary>
    public static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
