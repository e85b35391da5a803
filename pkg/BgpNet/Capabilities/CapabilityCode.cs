// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Capabilities;

/// <summary>Capability codes (IANA "Capability Codes"); a peer may send others.</summary>
public enum CapabilityCode : byte
{
    /// <summary>Multiprotocol extensions: one family (RFC 4760 8).</summary>
    Multiprotocol = 1,

    /// <summary>Route refresh (RFC 2918).</summary>
    RouteRefresh = 2,

    /// <summary>Next hops of another family (RFC 8950).</summary>
    ExtendedNextHop = 5,

    /// <summary>Messages of up to 65,535 octets (RFC 8654).</summary>
    ExtendedMessage = 6,

    /// <summary>The role of the speaker (RFC 9234).</summary>
    Role = 9,

    /// <summary>Graceful restart (RFC 4724, RFC 8538).</summary>
    GracefulRestart = 64,

    /// <summary>AS numbers of four octets (RFC 6793).</summary>
    FourOctetAs = 65,

    /// <summary>Several paths for a prefix (RFC 7911).</summary>
    AddPath = 69,

    /// <summary>Enhanced route refresh (RFC 7313).</summary>
    EnhancedRouteRefresh = 70,

    /// <summary>Long-lived graceful restart (RFC 9494).</summary>
    LongLivedGracefulRestart = 71,

    /// <summary>The names of host and domain.</summary>
    Fqdn = 73,

    /// <summary>The name of the software.</summary>
    SoftwareVersion = 75,

    /// <summary>Route refresh as it was before RFC 2918.</summary>
    RouteRefreshOld = 128,
}
