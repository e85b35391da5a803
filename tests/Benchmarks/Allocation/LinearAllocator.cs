// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Benchmarks.Allocation;

/// <summary>
/// The peer for allocation in memory: first fit as MetalLB documents and does it, walking a pool from its first address and
/// asking of each whether it is in use. Reduced to that walk; none of the rules of Services is checked, which favours it.
/// </summary>
internal sealed class LinearAllocator(uint first, uint last)
{
    private readonly Dictionary<uint, string> _inUse = [];

    /// <summary>Marks an address as in use without the walk, to begin in a pool that is nearly full.</summary>
    internal void Use(uint address, string service) => _inUse.Add(address, service);

    internal uint? Allocate(string service)
    {
        for (var address = first; address <= last; address++)
        {
            if (_inUse.TryAdd(address, service))
                return address;
        }

        return null;
    }
}
