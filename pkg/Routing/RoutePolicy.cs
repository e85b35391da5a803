// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Config.Bgp;

namespace LoadBalancer.Routing;

/// <summary>What a prefix is announced with, before the kind of the session (internal or external) has its say.</summary>
public sealed record RoutePolicy
{
    /// <summary>LOCAL_PREF of a route when no advertisement gives one.</summary>
    public const uint DefaultLocalPref = 100;

    /// <summary>For internal peers.</summary>
    public uint LocalPref { get; init; } = DefaultLocalPref;

    /// <summary>MULTI_EXIT_DISC; null to send none.</summary>
    public uint? Med { get; init; }

    /// <summary>How many times more than once our AS number is shown to external peers.</summary>
    public byte AsPathPrepend { get; init; }

    /// <summary>Standard and large communities, ascending, each once.</summary>
    public ImmutableArray<BgpCommunity> Communities { get; init; } = [];

    /// <summary>Link bandwidth in octets per second; null to send none.</summary>
    public float? Bandwidth { get; init; }

    /// <inheritdoc/>
    public bool Equals(RoutePolicy? other) => ReferenceEquals(this, other) || (other is not null
        && LocalPref == other.LocalPref
        && Med == other.Med
        && AsPathPrepend == other.AsPathPrepend
        && Bandwidth == other.Bandwidth
        && Communities.AsSpan().SequenceEqual(other.Communities.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(LocalPref);
        hash.Add(Med);
        hash.Add(AsPathPrepend);
        hash.Add(Bandwidth);
        foreach (BgpCommunity community in Communities)
            hash.Add(community);
        return hash.ToHashCode();
    }
}
