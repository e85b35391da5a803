// SPDX-License-Identifier: Apache-2.0
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>
/// Highest random weight: each node has a weight per address, the same on every node and in every process, and the heaviest
/// is asked first. When a node goes, only its addresses move.
/// </summary>
public static class Rendezvous
{
    /// <summary>FNV-1a over the UTF-8 name, finished; computed once per node.</summary>
    public static ulong HashNode(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (byte octet in Encoding.UTF8.GetBytes(node))
        {
            hash = (hash ^ octet) * 0x0000_0100_0000_01B3;
        }

        return Mix(hash);
    }

    /// <summary>The 16 octets of the address as two words, finished; computed once per address.</summary>
    public static ulong HashAddress(IpAddr address) =>
        Mix((ulong)address.Value + Mix((ulong)(address.Value >> 64) ^ (ulong)address.Family));

    /// <summary>The node's weight for the address.</summary>
    public static ulong Weigh(ulong nodeHash, ulong addressHash) => Mix(nodeHash ^ addressHash);

    private static ulong Mix(ulong z)
    {
        z += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
