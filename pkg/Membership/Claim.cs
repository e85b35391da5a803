// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

/// <summary>
/// A node's word that it answers for an address on one segment. The epoch counts the address's moves: whoever takes an
/// address over claims one above the highest epoch it knows. A yielded claim is still answered for, until another claims it.
/// </summary>
/// <param name="Address">The address answered for.</param>
/// <param name="Epoch">Counts up with each takeover, 31 bits.</param>
/// <param name="Yielded">The holder wants another node to take it.</param>
public readonly record struct Claim(IpAddr Address, uint Epoch, bool Yielded)
{
    /// <summary>The highest epoch the format carries.</summary>
    public const uint MaxEpoch = 0x7FFF_FFFF;
}
