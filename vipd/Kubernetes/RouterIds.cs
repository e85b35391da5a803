// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Numbers of virtual routers. What an object says is its number, and so is what was recorded of it: neither ever changes because
/// of another object. The others get theirs in the order of their age, from a place their name gives; a number is in force when
/// it is recorded, so that nodes that do not see the same objects yet cannot differ in it. Interfaces of different names may be on
/// one segment, so numbers are unique in the cluster.
/// </summary>
internal static class RouterIds
{
    private const int Most = 255;

    /// <summary>The number in force; null while it is not recorded.</summary>
    public static int? InForce(VirtualIP virtualIp) => virtualIp.Spec.VirtualRouterId ?? virtualIp.Status.VirtualRouterId;

    /// <summary>Numbers to be recorded. An object that is not among them and has none in force finds none free.</summary>
    public static SortedDictionary<string, int> Choose(IEnumerable<VirtualIP> virtualIps, params ReadOnlySpan<int> others)
    {
        VirtualIP[] all = [.. virtualIps.OrderBy(static v => v.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue).ThenBy(static v => v.Metadata.Name, StringComparer.Ordinal)];
        HashSet<int> taken = [.. others, .. all.Select(InForce).OfType<int>()];
        SortedDictionary<string, int> chosen = new(StringComparer.Ordinal);
        foreach (VirtualIP item in all.Where(static v => InForce(v) is null))
        {
            string name = item.Metadata.Name ?? "";
            int first = SHA256.HashData(Encoding.UTF8.GetBytes(name))[0];
            int free = Enumerable.Range(0, Most).Select(step => 1 + ((first + step) % Most)).FirstOrDefault(id => !taken.Contains(id));
            if (free == 0)
                break;
            taken.Add(free);
            chosen[name] = free;
        }

        return chosen;
    }
}
