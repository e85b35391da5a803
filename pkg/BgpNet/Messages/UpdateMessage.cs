// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;

namespace LoadBalancer.BgpNet.Messages;

/// <summary>
/// UPDATE (RFC 4271 4.3): routes withdrawn, attributes, and routes announced with them.
/// <code>
///   19       21              21+W   23+W               23+W+A
///  +--------+---------------+--------+----------------+---------------
///  | W      | IPv4 prefixes | A      | attributes ... | IPv4 prefixes
///  +--------+---------------+--------+----------------+---------------
///              withdrawn      MP_REACH_NLRI and          announced
///                             MP_UNREACH_NLRI in here
/// </code>
/// It looks into the octets it was read from and copies nothing. Process <see cref="Withdrawn"/> before
/// <see cref="Announced"/>: a prefix in both is announced (RFC 4271 3.1). When <see cref="Grade"/> is treat-as-withdraw or
/// worse, what was announced stands among the withdrawn.
/// </summary>
public ref partial struct UpdateMessage
{
    private readonly bool _fourOctetAs;
    private ReadOnlySpan<byte> _attributes;
    private AttributeTypeSet _discarded;
    private PrefixList _withdrawn;
    private PrefixList _announced;
    private MpReach _reach;
    private MpUnreach _unreach;

    private UpdateMessage(bool fourOctetAs) => _fourOctetAs = fourOctetAs;

    /// <summary>What the worst error in the message costs.</summary>
    public ErrorGrade Grade { get; private set; }

    /// <summary>The worst error, the first of several alike.</summary>
    public BgpFault Fault { get; private set; }

    /// <summary>The attribute that has it; 0 when it is in none.</summary>
    public AttributeType FaultAttribute { get; private set; }

    /// <summary>The family to give up, when that is the grade.</summary>
    public AfiSafi? DisabledFamily { get; private set; }

    /// <summary>The family whose first sending ends with this message (RFC 4724 2).</summary>
    public AfiSafi? EndOfRib { get; private set; }

    /// <summary>Routes to remove, of all families; with those that an error makes removed.</summary>
    public readonly RouteList Withdrawn =>
        AreRoutesRefused ? new(_withdrawn, _unreach.Routes, _announced, _reach.Routes) : new(_withdrawn, _unreach.Routes);

    /// <summary>Routes to add or replace, of all families.</summary>
    public readonly RouteList Announced => AreRoutesRefused ? default : new(_announced, _reach.Routes);

    /// <summary>The IPv4 routes to add whose next hop is in NEXT_HOP.</summary>
    public readonly PrefixList AnnouncedIPv4 => AreRoutesRefused ? default : _announced;

    /// <summary>The routes to add that have their next hop with them.</summary>
    public readonly MpReach MpReach => AreRoutesRefused ? default : _reach;

    /// <summary>The attributes that count: each type once, without those that were discarded.</summary>
    public readonly AttributeEnumerator Attributes => new(_attributes, _discarded);

    private readonly bool AreRoutesRefused => Grade >= ErrorGrade.TreatAsWithdraw;
}
