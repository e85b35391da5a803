// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Layer2;

/// <summary>A host that is no speaker answers for an address announced here.</summary>
internal sealed record AddressConflict(IpAddr Address, string Interface, MacAddr Mac);
