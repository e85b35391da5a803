// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// One transport connection of a peer. Outgoing numbers are the session's, one per attempt; incoming numbers are the
/// driver's, never used twice for a peer: so what is said late of a connection that is gone reaches nobody.
/// </summary>
public readonly record struct ConnectionId(ConnectionOrigin Origin, long Number);
