// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>Demands ascending by address, with their index.</summary>
internal sealed class DemandTable
{
    private readonly AddressDemand[] _demands;
    private readonly Dictionary<IpAddr, int> _byAddress = [];

    public DemandTable(IReadOnlyList<AddressDemand> demands)
    {
        ArgumentNullException.ThrowIfNull(demands);
        _demands = [.. demands];
        Array.Sort(_demands, static (left, right) => left.Address.CompareTo(right.Address));
        for (int i = 0; i < _demands.Length; i++)
        {
            if (!_byAddress.TryAdd(_demands[i].Address, i))
            {
                throw new ArgumentException($"Address {_demands[i].Address} is demanded twice; merge the services that share it", nameof(demands));
            }
        }
    }

    public int Count => _demands.Length;

    public AddressDemand this[int index] => _demands[index];

    public int IndexOf(IpAddr address) => _byAddress.TryGetValue(address, out int index) ? index : -1;
}
