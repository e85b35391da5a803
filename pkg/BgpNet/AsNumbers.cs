// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet;

/// <summary>AS numbers with a meaning of their own.</summary>
public static class AsNumbers
{
    /// <summary>Stands for a number that two octets cannot hold (RFC 6793 9).</summary>
    public const uint Trans = 23456;

    /// <summary>The number as the two-octet fields carry it.</summary>
    internal static ushort ToTwoOctets(uint number) => number > ushort.MaxValue ? (ushort)Trans : (ushort)number;
}
