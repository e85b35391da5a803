// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Routers;

/// <summary>A router on a segment, as its advertisement said it.</summary>
/// <param name="InterfaceIndex">Where it was heard.</param>
/// <param name="Address">Its link-local address: where an unnumbered session connects to.</param>
/// <param name="Mac">Its hardware address, where it says it.</param>
/// <param name="Lifetime">How long it is a default router; zero: it is none, and may be a peer all the same.</param>
/// <param name="HeardAt">When.</param>
public readonly record struct RouterNeighbor(int InterfaceIndex, IpAddr Address, MacAddr? Mac, TimeSpan Lifetime, MonoTime HeardAt);
