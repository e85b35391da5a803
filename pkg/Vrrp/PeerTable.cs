// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>
/// The nodes an instance has heard of. Bounded, because a source is easily forged: who was silent longest makes room, and a
/// node whose messages are all discarded never displaces one whose messages are taken.
/// </summary>
internal sealed class PeerTable
{
    public const int Capacity = 16;
    private VrrpPeer[] _peers = new VrrpPeer[1];
    private int _count;

    public ReadOnlySpan<VrrpPeer> All => _peers.AsSpan(0, _count);

    /// <summary>The place of a source, made if need be; -1 when there is no room for it.</summary>
    public int PlaceOf(IpAddr source, bool taken)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_peers[i].Source == source)
            {
                return i;
            }
        }

        int place = _count < Capacity ? _count : Oldest(taken);
        if (place < 0)
        {
            return place;
        }

        if (place == _peers.Length)
        {
            Array.Resize(ref _peers, Math.Min(Capacity, _peers.Length * 2));
        }

        _count = Math.Max(_count, place + 1);
        _peers[place] = new VrrpPeer { Source = source, InferiorSince = MonoTime.Never };
        return place;
    }

    public ref VrrpPeer At(int place) => ref _peers[place];

    /// <summary>Our addresses are others now: every verdict on them is void.</summary>
    public void ForgetAgreements()
    {
        for (int i = 0; i < _count; i++)
        {
            _peers[i].AddressHash = 0;
        }
    }

    private int Oldest(bool taken)
    {
        int oldest = -1;
        for (int i = 0; i < _count; i++)
        {
            bool mayGo = !_peers[i].WasTaken || taken;
            bool better = oldest < 0
                || (_peers[oldest].WasTaken && !_peers[i].WasTaken)
                || (_peers[oldest].WasTaken == _peers[i].WasTaken && _peers[i].LastHeard < _peers[oldest].LastHeard);
            oldest = mayGo && better ? i : oldest;
        }

        return oldest;
    }
}
