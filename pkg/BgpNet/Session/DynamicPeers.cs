// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Session;

/// <summary>
/// The peers that connected from one prefix, each under its address: never more than allowed, and one that stays away leaves. One that
/// is connected is never given up for another. The driver says who is connected.
/// </summary>
/// <typeparam name="T">What the driver keeps for a peer.</typeparam>
public sealed class DynamicPeers<T>
    where T : class
{
    private readonly Dictionary<IpAddr, Place> _places = [];

    /// <summary>Most peers there may be; one that is lowered ends nobody's place.</summary>
    public required int Limit { get; set; }

    /// <summary>How long one that is gone is remembered.</summary>
    public required TimeSpan Remembered { get; set; }

    /// <summary>How many there are, connected or remembered.</summary>
    public int Count => _places.Count;

    /// <summary>All of them, with their addresses.</summary>
    public IEnumerable<(IpAddr Address, T Peer)> All
    {
        get
        {
            foreach ((IpAddr address, Place place) in _places)
            {
                yield return (address, place.Peer);
            }
        }
    }

    /// <summary>When the next one leaves, if nobody comes back.</summary>
    public MonoTime NextLeave
    {
        get
        {
            MonoTime next = MonoTime.Never;
            foreach (Place place in _places.Values)
            {
                next = MonoTime.Min(next, LeavesAt(place));
            }

            return next;
        }
    }

    /// <summary>The peer at an address.</summary>
    public bool TryGet(IpAddr address, [NotNullWhen(true)] out T? peer)
    {
        peer = _places.TryGetValue(address, out Place? place) ? place.Peer : null;
        return peer is not null;
    }

    /// <summary>
    /// Makes room for one more; false when all places are taken by peers that are connected. Whoever was away longest is given up
    /// for it, and returned.
    /// </summary>
    public bool TryMakeRoom(out T? givenUp)
    {
        givenUp = null;
        if (_places.Count < Limit)
        {
            return true;
        }

        (IpAddr Address, Place Place)? longest = null;
        foreach ((IpAddr address, Place place) in _places)
        {
            if (place.GoneSince is { } since && (longest is not { } found || since < found.Place.GoneSince))
            {
                longest = (address, place);
            }
        }

        if (longest is not { } gone || _places.Count > Limit)
        {
            return false;
        }

        givenUp = gone.Place.Peer;
        return _places.Remove(gone.Address);
    }

    /// <summary>Adds a peer that connects; room was made.</summary>
    public void Add(IpAddr address, T peer) => _places.Add(address, new Place(peer));

    /// <summary>Forgets a peer.</summary>
    public void Remove(IpAddr address) => _places.Remove(address);

    /// <summary>Says whether a peer is connected now.</summary>
    public void Note(IpAddr address, bool connected, MonoTime now)
    {
        if (_places.TryGetValue(address, out Place? place))
        {
            place.GoneSince = connected ? null : place.GoneSince ?? now;
        }
    }

    /// <summary>Takes out those that were gone for too long.</summary>
    public IReadOnlyList<T> TakeGone(MonoTime now)
    {
        List<T> gone = [];
        foreach ((IpAddr address, Place place) in _places)
        {
            if (LeavesAt(place) <= now)
            {
                gone.Add(place.Peer);
                _places.Remove(address);
            }
        }

        return gone;
    }

    private MonoTime LeavesAt(Place place) => place.GoneSince is { } since ? since + Remembered : MonoTime.Never;

    private sealed class Place(T peer)
    {
        public T Peer { get; } = peer;

        public MonoTime? GoneSince { get; set; }
    }
}
