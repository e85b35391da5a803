// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Vrrp;

/// <summary>What the IP layer says of a VRRP message.</summary>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">To whom: the group, or an address of this host.</param>
/// <param name="HopLimit">TTL or hop limit it arrived with; anything but 255 has crossed a router, or says it did.</param>
/// <param name="InterfaceIndex">Where it arrived.</param>
/// <param name="HeaderLength">Octets of IP header before the message: an IPv4 socket hands it along, an IPv6 one does not.</param>
public readonly record struct VrrpDatagram(IpAddr Source, IpAddr Destination, byte HopLimit, int InterfaceIndex, int HeaderLength);

/// <summary>Takes a datagram in on the reactor's thread; the octets, an IPv4 header first, are valid during the call only.</summary>
public delegate void VrrpDatagramHandler(ReadOnlySpan<byte> octets, in VrrpDatagram datagram);
