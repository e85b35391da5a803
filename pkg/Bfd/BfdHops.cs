// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd;

/// <summary>How far the peer may be.</summary>
public enum BfdHops : byte
{
    /// <summary>On the same segment: UDP port 3784, hop limit 255 on arrival (RFC 5881).</summary>
    SingleHop = 1,

    /// <summary>Behind routers: UDP port 4784, a hop limit no lower than configured (RFC 5883).</summary>
    MultiHop = 2,
}
