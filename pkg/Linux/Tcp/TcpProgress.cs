// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Linux.Tcp;

/// <summary>How far what was written has come: a peer whose acknowledged octets stand still while others wait has stalled.</summary>
/// <param name="Acknowledged">Octets the peer's kernel has acknowledged since the connection opened.</param>
/// <param name="NotSent">Octets that wait in our kernel.</param>
/// <param name="Pending">Octets that wait in this process.</param>
/// <param name="RoundTrip">The kernel's smoothed round-trip time.</param>
public readonly record struct TcpProgress(long Acknowledged, int NotSent, int Pending, TimeSpan RoundTrip);
