using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rondo.Engagement.Contracts;
using Rondo.Model.Stores;

namespace Rondo.Engagement.Campaigns;

/// <summary>
/// Which arm a person belongs to: always the same for a campaign and a person, whatever the time, the order or the number
/// of entries (Braze reference, 4.5).
/// </summary>
internal static class StickySplit
{
    /// <summary>The arm of the control group.</summary>
    public const int Control = -1;

    private const int BucketCount = 10_000;

    /// <summary>What makes one campaign's split independent of another's.</summary>
    public static string SaltOf(ProjectId project, string campaignName) => $"{project}/{campaignName}";

    /// <summary>The first 64 bits of SHA-256 of "salt LF person", modulo 10,000. Stored decisions depend on it: frozen.</summary>
    public static int BucketOf(string salt, string person)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}\n{person}"), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % BucketCount);
    }

    /// <summary>The control group takes the first buckets, then the variants in order.</summary>
    public static int ArmOf(CampaignPlan plan, string salt, string person)
    {
        var bucket = BucketOf(salt, person);
        var end = plan.ControlPercent * (BucketCount / 100);
        if (bucket < end)
        {
            return Control;
        }

        for (var index = 0; index < plan.Variants.Length - 1; index++)
        {
            end += plan.Variants[index].Percent * (BucketCount / 100);
            if (bucket < end)
            {
                return index;
            }
        }

        return plan.Variants.Length - 1;
    }
}
