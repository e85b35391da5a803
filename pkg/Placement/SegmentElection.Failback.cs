// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

public sealed partial class SegmentElection
{
    /// <summary>Who can answer for the address here, and why others cannot; for the status, not for every packet.</summary>
    public IReadOnlyList<NodeVerdict> Explain(IpAddr address)
    {
        int index = _demands.IndexOf(address);
        List<NodeVerdict> verdicts = [];
        if (index < 0)
        {
            return verdicts;
        }

        SeeNodes();
        Eligibility eligibility = new(_nodes);
        AddressDemand demand = _demands[index];
        foreach (Candidate candidate in demand.Candidates.All)
        {
            int node = _names.IndexOf(candidate.Node);
            Ineligibility why = node < 0
                ? candidate.Ineligibility == Ineligibility.None ? Ineligibility.NotAlive : candidate.Ineligibility
                : node == Self && !Membership.IsReady ? Ineligibility.WarmingUp : eligibility.Judge(node, demand);
            verdicts.Add(new(candidate.Node, why, candidate.Score));
        }

        return verdicts;
    }

    /// <summary>The node whose claim stands, or null; as of the last evaluation.</summary>
    public string? HolderOf(IpAddr address)
    {
        int index = _demands.IndexOf(address);
        return _own.ContainsKey(address) ? _options.Membership.Node : index >= 0 && index < _holders.Length ? _holders[index] : null;
    }

    /// <summary>
    /// Takes back one address for which this node is the first choice and has been able for the delay. The holder answers
    /// until it hears the higher claim, so nothing is lost.
    /// </summary>
    private void FailBack(Eligibility eligibility, int bound, MonoTime now)
    {
        bool taken = false;
        foreach (int index in _failbacks)
        {
            AddressDemand demand = _demands[index];
            if (!IsFirstChoice(demand, _best[index].Node, eligibility) || _loads[Self] >= bound)
            {
                _betterSince.Remove(demand.Address);
                continue;
            }

            _betterSince.TryAdd(demand.Address, now);
            MonoTime due = _betterSince[demand.Address] + demand.FailbackAfter.GetValueOrDefault();
            due = due > _nextFailback ? due : _nextFailback;
            if (now < due || taken)
            {
                _evaluateAt = MonoTime.Min(_evaluateAt, taken ? now + _options.FailbackSpacing : due);
                continue;
            }

            taken = true;
            _nextFailback = now + _options.FailbackSpacing;
            _betterSince.Remove(demand.Address);
            Take(demand.Address, NextEpoch(demand.Address), ElectionReason.Failback);
        }
    }

    private bool IsFirstChoice(AddressDemand demand, int holder, Eligibility eligibility)
    {
        ulong key = Rendezvous.HashAddress(demand.Address);
        (int Score, ulong Weight, int Node) best = (int.MinValue, 0, -1);
        foreach (AbleNode node in eligibility.Able(demand))
        {
            ulong weight = Rendezvous.Weigh(Rendezvous.HashNode(_names[node.Index]), key);
            if (node.Score > best.Score || (node.Score == best.Score && weight > best.Weight))
            {
                best = (node.Score, weight, node.Index);
            }
        }

        return best.Node == Self && holder != Self;
    }

    private void ForgetTimers()
    {
        _unheldSince.Clear();
        _unableSince.Clear();
        _betterSince.Clear();
    }

    /// <summary>Addresses nobody wants any more are dropped with all that is known of them, so that memory follows the demands.</summary>
    private void ForgetUnwanted()
    {
        _holders = [];
        List<IpAddr> gone = [];
        Collect(_epochs.Keys, gone);
        Collect(_unheldSince.Keys, gone);

        foreach (IpAddr address in gone)
        {
            _epochs.Remove(address);
            _unheldSince.Remove(address);
            _unableSince.Remove(address);
            _betterSince.Remove(address);
            Drop(address, ElectionReason.Unwanted);
        }
    }

    private void Collect(IEnumerable<IpAddr> known, List<IpAddr> gone)
    {
        foreach (IpAddr address in known)
        {
            if (_demands.IndexOf(address) < 0)
            {
                gone.Add(address);
            }
        }
    }
}
