// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Numbers of virtual routers. What an object says is its number, and so is what was recorded of it: neither ever changes because
/// of another object. The others get theirs in the order of their age, from a place their name gives; a number is in force when
/// it is recorded, so that nodes that do not see the same objects yet cannot differ in it. Interfaces of different names may be on
/// one segment, so numbers are unique in the cluster; those that are heard on the object's own segment are somebody else's.
/// </summary>
internal static class RouterIds
{
    private const int Most = 255;

    /// <summary>The number in force; null while it is not recorded.</summary>
    public static int? InForce(VirtualIP virtualIp) => virtualIp.Spec.VirtualRouterId ?? virtualIp.Status.VirtualRouterId;

    /// <summary>Chooses for those that have none in force.</summary>
    /// <param name="virtualIps">All there are.</param>
    /// <param name="heard">Numbers in use on the segment of one; null when this node cannot tell, and then it chooses none for it.</param>
    /// <param name="others">Numbers that are taken besides.</param>
    public static RouterIdChoice Choose(IEnumerable<VirtualIP> virtualIps, Func<VirtualIP, IReadOnlySet<int>?> heard, params ReadOnlySpan<int> others)
    {
        VirtualIP[] all = [.. virtualIps.OrderBy(static v => v.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue).ThenBy(static v => v.Metadata.Name, StringComparer.Ordinal)];
        HashSet<int> taken = [.. others, .. all.Select(InForce).OfType<int>()];
        RouterIdChoice choice = new([], []);
        foreach (VirtualIP item in all.Where(static v => InForce(v) is null))
        {
            if (heard(item) is not { } strange)
                continue;
            string name = item.Metadata.Name ?? "";
            int first = FirstFor(name);
            int free = Enumerable.Range(0, Most).Select(step => 1 + ((first - 1 + step) % Most)).FirstOrDefault(id => !taken.Contains(id) && !strange.Contains(id));
            if (free == 0)
            {
                choice.WithoutOne.Add(name);
                continue;
            }

            taken.Add(free);
            choice.Chosen[name] = free;
        }

        return choice;
    }

    /// <summary>The number a name gets where nobody else has it.</summary>
    public static int FirstFor(string name) => 1 + (SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % Most);
}
