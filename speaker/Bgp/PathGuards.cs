// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// Which BFD session guards which routers: one for all that share a path (RFC 5882 4.1), with the parameters of the first by
/// name, and gone with the last.
/// </summary>
internal sealed class PathGuards(BfdDriver driver)
{
    private readonly Dictionary<BgpNeighbor, (BfdPath Path, BfdParameters Parameters)> _guarded = [];

    /// <summary>The routers whose path this is.</summary>
    public IReadOnlyList<BgpNeighbor> GuardedBy(BfdPath path) => [.. _guarded.Where(g => g.Value.Path == path).Select(static g => g.Key)];

    /// <summary>Guards a router, or no longer when there are no parameters.</summary>
    public void Set(BgpNeighbor neighbor, BfdPath path, BfdParameters? parameters)
    {
        bool known = _guarded.TryGetValue(neighbor, out (BfdPath Path, BfdParameters Parameters) before);
        if (known && (parameters is null || before.Path != path))
            Remove(neighbor);
        if (parameters is null || (known && before == (path, parameters)))
            return;
        _guarded[neighbor] = (path, parameters);
        BgpNeighbor first = GuardedBy(path).MinBy(static n => n.Name, StringComparer.Ordinal)!;
        _ = driver.TrySet(path, _guarded[first].Parameters);
    }

    /// <summary>Guards a router no longer.</summary>
    public void Remove(BgpNeighbor neighbor)
    {
        if (_guarded.Remove(neighbor, out (BfdPath Path, BfdParameters Parameters) guard) && GuardedBy(guard.Path).Count == 0)
            _ = driver.TryRemove(guard.Path);
    }
}
