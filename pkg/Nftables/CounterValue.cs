// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables;

/// <summary>What a counter shows.</summary>
/// <param name="Packets">Packets; of a counter of connections, their first packets and so their number.</param>
/// <param name="Bytes">Octets from the IP header on.</param>
public readonly record struct CounterValue(ulong Packets, ulong Bytes);
