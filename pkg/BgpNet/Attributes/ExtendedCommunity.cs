// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Attributes;

/// <summary>An extended community (RFC 4360): eight octets, the first one or two of them its type.</summary>
public readonly record struct ExtendedCommunity(ulong Value)
{
    // Two-octet AS specific, not transitive, sub-type link bandwidth.
    private const ulong LinkBandwidthType = 0x4004;

    // Some send it as transitive, 0x0004.
    private const ulong NonTransitive = 0x4000;

    /// <summary>Type and sub-type.</summary>
    public ushort Type => (ushort)(Value >> 48);

    /// <summary>
    /// The bandwidth of a path in octets per second, by which routers weigh it among equals (draft-ietf-idr-link-bandwidth);
    /// null when this is another community, or holds no number.
    /// </summary>
    public float? LinkBandwidth =>
        (Type | NonTransitive) == LinkBandwidthType
            && BitConverter.UInt32BitsToSingle((uint)Value) is >= 0 and < float.PositiveInfinity and var bandwidth
            ? bandwidth
            : null;

    /// <summary>The bandwidth of a path in octets per second, said by an AS (its number in two octets).</summary>
    public static ExtendedCommunity ForLinkBandwidth(uint asn, float octetsPerSecond) =>
        new((LinkBandwidthType << 48) | ((ulong)AsNumbers.ToTwoOctets(asn) << 32) | BitConverter.SingleToUInt32Bits(octetsPerSecond));
}
