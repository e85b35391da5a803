// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

public sealed partial class SegmentElection
{
    private const int Self = 0;

    private readonly Dictionary<IpAddr, uint> _epochs = [];
    private readonly Dictionary<IpAddr, MonoTime> _unheldSince = [];
    private readonly Dictionary<IpAddr, MonoTime> _unableSince = [];
    private readonly Dictionary<IpAddr, MonoTime> _betterSince = [];
    private readonly List<SegmentNode> _nodes = [];
    private readonly List<string> _names = [];
    private readonly List<PlacementRequest> _requests = [];
    private readonly List<int> _failbacks = [];
    private (Claim Claim, int Node)[] _best = [];
    private string?[] _holders = [];
    private int[] _loads = [];
    private MonoTime _nextFailback;
    private MonoTime _coldUntil = MonoTime.Never;

    private void Evaluate(MonoTime now)
    {
        if (!Membership.IsReady)
        {
            _coldUntil = MonoTime.Never;
            return;
        }

        if (_coldUntil == MonoTime.Never)
        {
            _coldUntil = now + _options.Membership.DeadTime;
        }

        SeeNodes();
        SeeClaims();
        Eligibility eligibility = new(_nodes);
        _requests.Clear();
        _failbacks.Clear();
        int held = 0;
        for (int i = 0; i < _demands.Count; i++)
        {
            AddressDemand demand = _demands[i];
            eligibility.Count(demand);
            if (Settle(i, demand, eligibility, now))
            {
                held++;
                _loads[_best[i].Node]++;
                _unheldSince.Remove(demand.Address);
            }
            else
            {
                AskFor(demand, eligibility, now);
            }
        }

        Placer placer = new(_names, _loads, held + _requests.Count, eligibility.Sharing);
        PlaceUnheld(placer, now);
        FailBack(eligibility, Placer.Bound(held + _requests.Count, eligibility.Sharing), now);
        NoteHolders();
    }

    private void NoteHolders()
    {
        _holders = new string?[_demands.Count];
        for (int i = 0; i < _holders.Length; i++)
        {
            _holders[i] = _best[i].Node >= 0 ? _names[_best[i].Node] : null;
        }
    }

    private void SeeNodes()
    {
        _nodes.Clear();
        _names.Clear();
        Ineligibility own = Membership.IsLeaving ? Ineligibility.Leaving : Ineligibility.None;
        _nodes.Add(new(_options.Membership.Node, Membership.Interface, Membership.Prefixes, own));
        foreach (Member member in Membership.Alive.Values)
        {
            _nodes.Add(new(member.Node, member.Interface, member.Prefixes, PresenceOf(member)));
        }

        foreach (SegmentNode node in _nodes)
        {
            _names.Add(node.Name);
        }

        _loads = new int[_nodes.Count];
    }

    private static Ineligibility PresenceOf(Member member) => member.IsLeaving ? Ineligibility.Leaving
        : member.IsReady ? Ineligibility.None : Ineligibility.WarmingUp;

    private void SeeClaims()
    {
        _best = new (Claim, int)[_demands.Count];
        Array.Fill(_best, (default, -1));
        foreach ((IpAddr address, OwnClaim own) in _own)
        {
            See(new(address, own.Epoch, own.Yielded || Membership.IsLeaving), Self);
        }

        int node = Self;
        foreach (Member member in Membership.Alive.Values)
        {
            node++;
            for (int i = 0; i < member.Claims.Count; i++)
            {
                Claim claim = member.Claims[i];
                See(claim with { Yielded = claim.Yielded || member.IsLeaving }, node);
            }
        }
    }

    private void See(in Claim claim, int node)
    {
        int index = _demands.IndexOf(claim.Address);
        if (index < 0)
        {
            return;
        }

        if (!_epochs.TryGetValue(claim.Address, out uint known) || known < claim.Epoch)
        {
            _epochs[claim.Address] = claim.Epoch;
        }

        (Claim Claim, int Node) best = _best[index];
        if (best.Node < 0 || ClaimOrder.Compare(claim, _names[node], best.Claim, _names[best.Node]) > 0)
        {
            _best[index] = (claim, node);
        }
    }

    /// <summary>Whether the address has a holder whose claim stands; ours is given up or yielded here where it does not.</summary>
    private bool Settle(int index, AddressDemand demand, Eligibility eligibility, MonoTime now)
    {
        (Claim claim, int node) = _best[index];
        if (node < 0)
        {
            return false;
        }

        Ineligibility unable = eligibility.JudgeHolder(node, demand);
        if (node != Self)
        {
            Drop(demand.Address, ElectionReason.TakenOver);
            return !claim.Yielded && IsAbleLongEnough(demand, unable, now);
        }

        bool wanted = unable == Ineligibility.None && !Membership.IsLeaving;
        OwnClaim own = _own[demand.Address];
        if (own.Yielded == wanted)
        {
            _own[demand.Address] = own with { YieldedSince = wanted ? MonoTime.Never : now };
            _claimsChanged = true;
        }

        return wanted;
    }

    private bool IsAbleLongEnough(AddressDemand demand, Ineligibility unable, MonoTime now)
    {
        if (unable == Ineligibility.None)
        {
            _unableSince.Remove(demand.Address);
            if (demand.FailbackAfter is not null)
            {
                _failbacks.Add(_demands.IndexOf(demand.Address));
            }

            return true;
        }

        // The holder yields by itself once it learns the same; only if it does not, its claim is overridden.
        _unableSince.TryAdd(demand.Address, now);
        MonoTime until = _unableSince[demand.Address] + _options.Patience;
        _evaluateAt = now < until ? MonoTime.Min(_evaluateAt, until) : _evaluateAt;
        return now < until;
    }

    private void AskFor(AddressDemand demand, Eligibility eligibility, MonoTime now)
    {
        List<AbleNode> able = eligibility.Able(demand);
        if (_own.TryGetValue(demand.Address, out OwnClaim own))
        {
            MonoTime until = MonoTime.Min(own.YieldedSince + _options.HandoverLimit, _leaveBy);
            bool hopeless = able.Count == 0 && (!Membership.IsLeaving || Membership.Alive.Count == 0);
            if (hopeless || now >= until)
            {
                Drop(demand.Address, ElectionReason.Unable);
            }
            else
            {
                _evaluateAt = MonoTime.Min(_evaluateAt, until);
            }
        }

        if (able.Count == 0)
        {
            _unheldSince.Remove(demand.Address);
            return;
        }

        if (IsColdStart(demand.Address, now))
        {
            _evaluateAt = MonoTime.Min(_evaluateAt, _coldUntil);
            return;
        }

        _unheldSince.TryAdd(demand.Address, now);
        _requests.Add(new PlacementRequest
        {
            Address = demand.Address,
            Group = demand.Group,
            Able = able,
            Recorded = demand.RecordedNode is { } recorded ? _names.IndexOf(recorded) : -1,
            Skip = (int)Math.Min(1_000_000, (now - _unheldSince[demand.Address]) / _options.Patience),
        });
    }

    /// <summary>
    /// Nodes that start together share from the start: what nobody ever held waits a little for those still listening.
    /// Otherwise the first to be ready would take everything and, without failback, keep it.
    /// </summary>
    private bool IsColdStart(IpAddr address, MonoTime now)
    {
        if (now >= _coldUntil || _epochs.ContainsKey(address))
        {
            return false;
        }

        foreach (SegmentNode node in _nodes)
        {
            if (node.Presence == Ineligibility.WarmingUp)
            {
                return true;
            }
        }

        return false;
    }

    private void PlaceUnheld(Placer placer, MonoTime now)
    {
        if (_requests.Count == 0)
        {
            return;
        }

        for (int i = 0; i < _demands.Count; i++)
        {
            if (_best[i].Node >= 0 && !_best[i].Claim.Yielded)
            {
                placer.Hold(_demands[i].Group, _best[i].Node);
            }
        }

        int[] placed = placer.Place(_requests);
        for (int i = 0; i < placed.Length; i++)
        {
            PlacementRequest request = _requests[i];
            if (placed[i] == Self)
            {
                bool overridden = _unableSince.Remove(request.Address);
                Take(request.Address, NextEpoch(request.Address), overridden ? ElectionReason.HolderUnable : ElectionReason.Unclaimed);
                _unheldSince.Remove(request.Address);
                _loads[Self]++;
            }
            else
            {
                _evaluateAt = MonoTime.Min(_evaluateAt, _unheldSince[request.Address] + (_options.Patience * (request.Skip + 1)));
            }
        }
    }

    private uint NextEpoch(IpAddr address) => Math.Min(Claim.MaxEpoch - 1, _epochs.GetValueOrDefault(address)) + 1;
}
