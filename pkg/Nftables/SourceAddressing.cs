// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables;

/// <summary>Which source an endpoint sees.</summary>
public enum SourceAddressing : byte
{
    /// <summary>This host's (masquerade): answers come back this way whatever the endpoint's routes.</summary>
    Masquerade,

    /// <summary>The client's: the endpoint must send its answers by way of this host, and a client on the endpoint itself gets none.</summary>
    Preserve,
}
