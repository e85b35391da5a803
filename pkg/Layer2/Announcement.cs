// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>An address this node speaks for, and on which interfaces.</summary>
public readonly record struct Announcement(IpAddr Address, InterfaceSet Interfaces);
