// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>A solicited-node group to be joined or left on an interface.</summary>
public readonly record struct GroupChange(bool Join, int InterfaceIndex, IpAddr Group)
{
    /// <summary>The Ethernet group to receive (RFC 2464 7).</summary>
    public MacAddr Mac => MacAddr.ForGroup(Group);
}
