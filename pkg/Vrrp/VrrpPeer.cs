// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>Another node of a virtual router, as last heard.</summary>
public record struct VrrpPeer
{
    /// <summary>Its address.</summary>
    public IpAddr Source { get; internal set; }

    /// <summary>When it was last heard.</summary>
    public MonoTime LastHeard { get; internal set; }

    /// <summary>Priority it last advertised; 0 after a farewell.</summary>
    public byte Priority { get; internal set; }

    /// <summary>Form of its checksum.</summary>
    public ChecksumForm Form { get; internal set; }

    /// <summary>Whether its addresses are ours.</summary>
    public AddressAgreement Agreement { get; internal set; }

    /// <summary>False when all it sent was discarded.</summary>
    public bool WasTaken { get; internal set; }

    /// <summary>Its interval.</summary>
    public readonly TimeSpan Interval => VrrpParameters.Span(Centiseconds);

    internal ushort Centiseconds { get; set; }

    /// <summary>Mismatches told, a bit each.</summary>
    internal ushort Told { get; set; }

    /// <summary>Since when it has advertised without our priority, while we are master.</summary>
    internal MonoTime InferiorSince { get; set; }

    /// <summary>Of the address octets that Agreement was judged by.</summary>
    internal uint AddressHash { get; set; }

    /// <summary>Whether a mismatch has been told of it and it still stands.</summary>
    public readonly bool Disagrees(VrrpMismatch mismatch) => (Told & (1 << (int)mismatch)) != 0;
}
