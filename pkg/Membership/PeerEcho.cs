// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Membership;

/// <summary>
/// Proof of hearing: the low 32 bits of a peer's incarnation and of its last sequence number heard. A replayed stream
/// echoes an old number, or none, and so cannot pass for a live node.
/// </summary>
public readonly record struct PeerEcho(uint Incarnation, uint Sequence);
