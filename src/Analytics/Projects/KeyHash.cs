using System.Security.Cryptography;
using System.Text;

namespace Rondo.Analytics.Projects;

/// <summary>Keys are random and long, so one round of SHA-256 is enough to keep them from being read back out of a stolen file.</summary>
internal static class KeyHash
{
    public static byte[] Of(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>For look-ups in memory.</summary>
    public static string TextOf(string key) => Convert.ToHexString(Of(key));

    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(16);
}
