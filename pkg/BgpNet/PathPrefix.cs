// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet;

/// <summary>A prefix as a peer names it; the path identifier is 0 where none was agreed on (RFC 7911 3).</summary>
public readonly record struct PathPrefix(IpPrefix Prefix, uint PathId);
