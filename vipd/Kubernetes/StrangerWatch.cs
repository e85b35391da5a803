// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vrrp;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Which virtual routers of this node somebody else has the number of. Nodes that learn of another list of addresses one after the other
/// differ for a moment: only what stands for longer counts.
/// </summary>
internal sealed class StrangerWatch
{
    /// <summary>How long it must stand.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Who has not been heard for so long is gone, or has another number now.
    private const double SilentSeconds = 10;

    private static readonly string Foreign = Words.Of(VrrpMismatch.ForeignRouter);

    private Dictionary<string, (string Address, MonoTime Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether something was seen that has not stood for long enough: look again soon.</summary>
    public bool IsUndecided { get; private set; }

    /// <summary>Takes how instances stand; addresses of strangers by the name of the instance.</summary>
    public IReadOnlyDictionary<string, string> Take(IReadOnlyList<InstanceRow> rows, MonoTime now)
    {
        Dictionary<string, (string Address, MonoTime Since)> seen = new(StringComparer.Ordinal);
        Dictionary<string, string> strangers = new(StringComparer.Ordinal);
        IsUndecided = false;
        foreach (InstanceRow row in rows)
        {
            string[] addresses = [.. row.Peers.Where(static p => p.HeardSecondsAgo < SilentSeconds && p.Disagreements.Contains(Foreign)).Select(static p => p.Address).Order(StringComparer.Ordinal)];
            if (addresses.Length == 0)
                continue;
            // Of several the one that was there before goes on to be meant.
            bool stands = _seen.TryGetValue(row.Name, out (string Address, MonoTime Since) before) && addresses.Contains(before.Address);
            seen[row.Name] = stands ? before : (addresses[0], now);
            if (now - seen[row.Name].Since >= Patience)
                strangers[row.Name] = seen[row.Name].Address;
            else
                IsUndecided = true;
        }

        _seen = seen;
        return strangers;
    }
}
