// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Packets;

namespace LoadBalancer.BgpNet.Attributes;

/// <summary>
/// MP_UNREACH_NLRI, type 15 (RFC 4760 4). Without a prefix, and alone in its message, it ends the first sending of a
/// family's routes (RFC 4724 2).
/// <code>
///   0     2      3
///  +-----+------+--------------
///  | AFI | SAFI | prefixes ...
///  +-----+------+--------------
/// </code>
/// </summary>
public readonly ref struct MpUnreach
{
    private MpUnreach(AfiSafi family, PrefixList routes)
    {
        Family = family;
        Routes = routes;
    }

    /// <summary>The family of the routes.</summary>
    public AfiSafi Family { get; }

    /// <summary>The routes that are withdrawn.</summary>
    public PrefixList Routes { get; }

    /// <summary>Reads the value. The family is told as soon as it is known, also beside a fault.</summary>
    internal static BgpFault Read(ReadOnlySpan<byte> value, scoped in UpdateContext context, out AfiSafi family, out MpUnreach unreach)
    {
        unreach = default;
        SpanReader reader = new(value);
        if (!AfiSafi.TryRead(ref reader, out family))
        {
            return BgpFault.MultiprotocolLength;
        }

        if (!context.IsNegotiated(family))
        {
            return BgpFault.FamilyNotNegotiated;
        }

        bool read = PrefixList.TryRead(reader.Rest, MpReach.Ip(family), context.AddPath(family), out PrefixList routes);
        unreach = read ? new(family, routes) : default;
        return read ? BgpFault.None : BgpFault.Prefix;
    }
}
