// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>
/// An interface that may announce: index, hardware address and, when it can speak for IPv6, the link-local address its
/// advertisements come from (RFC 4861 4.4: an address assigned to the sending interface).
/// </summary>
public sealed record InterfaceFacts(int Index, string Name, MacAddr Mac, IpAddr? LinkLocal)
{
    /// <summary>Whether the interface can speak for an address: IPv6 needs a link-local address to send from.</summary>
    public bool CanSpeakFor(IpAddr address) => address.IsIPv4 || LinkLocal is not null;
}
