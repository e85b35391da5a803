// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Bgp;

/// <summary>An accepted BFDProfile. The defaults are those of the kind.</summary>
public sealed record BfdProfile(string Namespace, string Name) : INamedObject
{
    /// <summary>Interval at which packets are expected, 10 ms to 60 s.</summary>
    public TimeSpan ReceiveInterval { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Interval at which packets are sent, 10 ms to 60 s.</summary>
    public TimeSpan TransmitInterval { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Packets in a row that may be missed, 2 to 255.</summary>
    public byte DetectMultiplier { get; init; } = 3;

    /// <summary>Whether to say nothing until the peer has spoken.</summary>
    public bool Passive { get; init; }

    /// <summary>Lowest TTL a packet from a peer several hops away may arrive with, 1 to 254.</summary>
    public byte MinimumTtl { get; init; } = 254;
}
