// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership;

/// <summary>One run of another node, as heard on one segment.</summary>
public sealed class Member
{
    private readonly List<Claim> _claims = [];
    private readonly List<IpPrefix> _prefixes = [];
    private ulong _copiesFrom;
    private ulong _recentFrom;
    private MonoTime _recentSince;

    internal Member(Heartbeat first)
    {
        Node = first.Node;
        Interface = first.Interface;
        Incarnation = first.Incarnation;
        _copiesFrom = _recentFrom = first.Sequence;
    }

    /// <summary>The node's name.</summary>
    public string Node { get; }

    /// <summary>Its own name of the interface.</summary>
    public string Interface { get; }

    /// <summary>The random number of its run.</summary>
    public ulong Incarnation { get; }

    /// <summary>Whether it is heard and hears us; only such a member counts.</summary>
    public bool IsAlive { get; internal set; }

    /// <summary>Whether it has listened long enough to claim.</summary>
    public bool IsReady { get; internal set; }

    /// <summary>Whether it is shutting down.</summary>
    public bool IsLeaving { get; internal set; }

    /// <summary>Whether every page of its claims has been heard.</summary>
    public bool IsComplete => _claims.Count == TotalClaims;

    /// <summary>Its claims on this segment, ascending by address.</summary>
    public IReadOnlyList<Claim> Claims => _claims;

    /// <summary>Prefixes on its interface.</summary>
    public IReadOnlyList<IpPrefix> Prefixes => _prefixes;

    internal MonoTime LastHeard { get; private set; }

    internal MonoTime LastEcho { get; set; }

    internal ulong LastSequence { get; private set; }

    internal int TotalClaims { get; set; }

    /// <summary>Notes that a heartbeat was taken.</summary>
    internal void Heard(ulong sequence, MonoTime now, TimeSpan interval)
    {
        LastSequence = sequence;
        LastHeard = now;
        if (now >= _recentSince + interval)
        {
            _copiesFrom = _recentFrom;
            _recentFrom = sequence;
            _recentSince = now;
        }
    }

    /// <summary>
    /// Whether a number that is not new belongs to the last few intervals: each heartbeat goes out over both families, and
    /// the copies of a burst arrive after the whole burst. What is older was recorded and is played back.
    /// </summary>
    internal bool IsCopy(ulong sequence, MonoTime now, TimeSpan interval) => sequence >= _copiesFrom && now < LastHeard + interval;

    /// <summary>Removes all claims: the node is dead.</summary>
    internal void ClearClaims()
    {
        _claims.Clear();
        TotalClaims = 0;
    }

    internal bool TakePrefixes(List<IpPrefix> prefixes)
    {
        if (prefixes.Count == _prefixes.Count)
        {
            int same = 0;
            while (same < prefixes.Count && prefixes[same] == _prefixes[same])
            {
                same++;
            }

            if (same == prefixes.Count)
            {
                return false;
            }
        }

        _prefixes.Clear();
        _prefixes.AddRange(prefixes);
        return true;
    }

    /// <summary>Replaces what is known of the page's range; false when nothing changed.</summary>
    internal bool TakePage(Heartbeat page)
    {
        List<Claim> incoming = page.Claims;
        int from = page.After is { } after ? FirstAbove(after) : 0;
        int to = page.LastPage ? _claims.Count : FirstAbove(incoming[^1].Address);
        int length = Math.Max(0, to - from);
        if (length == incoming.Count)
        {
            int same = 0;
            while (same < length && incoming[same] == _claims[from + same])
            {
                same++;
            }

            if (same == length)
            {
                return false;
            }
        }

        _claims.RemoveRange(from, length);
        _claims.InsertRange(from, incoming);
        return true;
    }

    private int FirstAbove(IpAddr address) => ClaimSearch.FirstAbove(_claims, address);
}
