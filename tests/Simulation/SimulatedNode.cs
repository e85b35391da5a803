// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;
using LoadBalancer.Placement;
using LoadBalancer.Primitives;

namespace LoadBalancer.Simulation;

/// <summary>One speaker: the product's election, and what a client would see answered.</summary>
internal sealed class SimulatedNode(string name)
{
    public string Name { get; } = name;

    public Election? Election { get; set; }

    public bool Paused { get; set; }

    public bool Deaf { get; set; }

    public bool Mute { get; set; }

    public bool LinkUp { get; set; } = true;

    public int Island { get; set; }

    public long Wake { get; set; } = long.MaxValue;

    public Queue<byte[]> Inbox { get; } = [];

    public HashSet<IpAddr> Answering { get; } = [];

    public ElectionOutput Output { get; } = new();

    public bool Running => Election is not null && !Paused;

    public static ElectionOptions Options(string node, HeartbeatKey? key) =>
        new() { Membership = new MembershipOptions { Node = node, Key = key } };
}
