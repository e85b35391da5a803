// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>A family under graceful restart, and whether its forwarding went on over the restart (RFC 4724 3).</summary>
public readonly record struct GracefulRestartEntry(AfiSafi Family, bool ForwardingPreserved);
