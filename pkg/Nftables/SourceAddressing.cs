// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Nftables;

/// <summary>Which source an endpoint sees.</summary>
public enum SourceAddressing : byte
{
    /// <summary>This host's (masquerade): answers come back this way whatever the endpoint's routes.</summary>
    Masquerade,

    /// <summary>The client's: the endpoint must send its answers by way of this host, and a client on the endpoint itself gets none.</summary>
    Preserve,

    /// <summary>
    /// The client's, and the destination stays the VIP: the packet goes on as it is to the endpoint's hardware address (direct routing).
    /// The endpoint holds the VIP without answering for it, and answers the client by itself.
    /// </summary>
    Direct,
}
