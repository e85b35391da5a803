// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>A family whose routes may stay for long after the restart time, in seconds of 24 bits (RFC 9494 3.1).</summary>
public readonly record struct LongLivedGracefulRestartEntry(AfiSafi Family, bool ForwardingPreserved, int StaleSeconds);
