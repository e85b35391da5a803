// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Layer2;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Holding;

/// <summary>
/// When an address that another host claims is said once more to be here (RFC 5227 2.4, the third way): a moment later, since
/// the claim may be that of the next master, whose advertisement is being acted on; and then not again for a while.
/// </summary>
internal sealed class Defences
{
    /// <summary>How long a claim is waited with: a master that is better has been heard by then.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<IpAddr, MonoTime> _at = [];
    private readonly Queue<(MonoTime At, IpAddr Address)> _waiting = new();

    /// <summary>When something is due; Never: nothing waits.</summary>
    public MonoTime Next => _waiting.TryPeek(out (MonoTime At, IpAddr Address) first) ? first.At : MonoTime.Never;

    /// <summary>Another host claims an address.</summary>
    public void Claimed(IpAddr address, MonoTime now)
    {
        if (_at.TryGetValue(address, out MonoTime at) && now < at + ClaimDefence.DefaultInterval)
        {
            return;
        }

        _at[address] = now + Pause;
        _waiting.Enqueue((now + Pause, address));
    }

    /// <summary>An address is let go: what waits for it is not done.</summary>
    public void Forget(IpAddr address) => _at.Remove(address);

    /// <summary>An address to say now that it is here.</summary>
    public bool TryTake(MonoTime now, out IpAddr address)
    {
        while (_waiting.TryPeek(out (MonoTime At, IpAddr Address) first) && first.At <= now)
        {
            _ = _waiting.Dequeue();
            address = first.Address;
            if (_at.TryGetValue(address, out MonoTime at) && at == first.At)
            {
                return true;
            }
        }

        address = default;
        return false;
    }
}
