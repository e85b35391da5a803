// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>An address of an interface.</summary>
/// <param name="InterfaceIndex">The interface.</param>
/// <param name="Address">The local address.</param>
/// <param name="PrefixLength">Network bits.</param>
/// <param name="IsTentative">Duplicate detection is not over (RFC 4862 5.4): not to be used yet.</param>
public readonly record struct AddressInfo(int InterfaceIndex, IpAddr Address, int PrefixLength, bool IsTentative);
