// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Rib;

/// <summary>An established session as the RIB sees it, from the moment it is up until it is down.</summary>
public sealed class RibPeer
{
    internal RibPeer(AdjRibOut rib, PolicyId policy, ExportTerms terms)
    {
        Rib = rib;
        Policy = policy;
        Terms = terms;
    }

    /// <summary>What its messages look like.</summary>
    public ExportTerms Terms { get; }

    /// <summary>What it is offered.</summary>
    public PolicyId Policy { get; internal set; }

    internal AdjRibOut? Rib { get; set; }

    internal FamilyMember? IPv4 { get; set; }

    internal FamilyMember? IPv6 { get; set; }

    /// <summary>How many routes of a family it has, when it has taken all that was encoded for it.</summary>
    public int Advertised(IpFamily family) => Member(family)?.Advertised ?? 0;

    internal FamilyMember? Member(IpFamily family) => family == IpFamily.IPv4 ? IPv4 : IPv6;
}
