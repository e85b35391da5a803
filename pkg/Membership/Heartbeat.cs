// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

/// <summary>One heartbeat, parsed or to be written; reused from packet to packet, so nothing here outlives the next read.</summary>
public sealed class Heartbeat
{
    /// <summary>Name of the sending node, 1 to 253 octets of printable ASCII.</summary>
    public string Node { get; set; } = "";

    /// <summary>Name of the interface it was sent from, on the sender, 1 to 15 octets.</summary>
    public string Interface { get; set; } = "";

    /// <summary>Random number of this run of the sender on this segment.</summary>
    public ulong Incarnation { get; set; }

    /// <summary>Counts up with every datagram of the incarnation.</summary>
    public ulong Sequence { get; set; }

    /// <summary>The sender is shutting down: take over what it claims.</summary>
    public bool Leaving { get; set; }

    /// <summary>The sender has listened long enough to claim addresses.</summary>
    public bool Ready { get; set; }

    /// <summary>Claims the sender holds over all pages.</summary>
    public int TotalClaims { get; set; }

    /// <summary>The page starts behind this address; null on the first page.</summary>
    public IpAddr? After { get; set; }

    /// <summary>The page reaches to the end; else to its last claim.</summary>
    public bool LastPage { get; set; }

    /// <summary>Prefixes on the sender's interface.</summary>
    public List<IpPrefix> Prefixes { get; } = [];

    /// <summary>Peers the sender hears.</summary>
    public List<PeerEcho> Echoes { get; } = [];

    /// <summary>All claims the sender holds in the page's range, ascending by address.</summary>
    public List<Claim> Claims { get; } = [];

    internal void Clear()
    {
        Prefixes.Clear();
        Echoes.Clear();
        Claims.Clear();
        After = null;
    }
}
