// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>What a session has done since it was made; nothing here is ever reset.</summary>
public record struct SessionCounters
{
    /// <summary>Messages received.</summary>
    public MessageCounts Received { get; set; }

    /// <summary>Messages sent by the session; UPDATEs are the driver's to count.</summary>
    public MessageCounts Sent { get; set; }

    /// <summary>Octets received.</summary>
    public long OctetsReceived { get; set; }

    /// <summary>Prefixes announced by the peer, repetitions counted.</summary>
    public long PrefixesAnnounced { get; set; }

    /// <summary>Prefixes withdrawn by the peer, or by an error of it.</summary>
    public long PrefixesWithdrawn { get; set; }

    /// <summary>UPDATEs with an error that cost an attribute.</summary>
    public long AttributesDiscarded { get; set; }

    /// <summary>UPDATEs with an error that cost their routes.</summary>
    public long TreatedAsWithdraw { get; set; }

    /// <summary>Times that Established was reached.</summary>
    public long Established { get; set; }

    /// <summary>Times that Established was left.</summary>
    public long Dropped { get; set; }

    /// <summary>Dials.</summary>
    public long Dials { get; set; }

    /// <summary>Connections taken.</summary>
    public long Accepted { get; set; }

    /// <summary>Connections closed unread.</summary>
    public long Refused { get; set; }

    /// <summary>Connections closed because the other stays.</summary>
    public long Collisions { get; set; }

    /// <summary>What was said of connections that were gone already.</summary>
    public long Late { get; set; }
}
