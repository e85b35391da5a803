// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement;

/// <summary>Joins what the wire says about the nodes of a segment with what the API says; lives for one evaluation.</summary>
internal sealed class Eligibility
{
    private readonly List<SegmentNode> _nodes;
    private readonly List<IReadOnlyList<IpPrefix>> _prefixClasses = [];
    private readonly List<bool> _classHolds = [];
    private readonly Dictionary<CandidateSet, List<AbleNode>> _byApi = [];
    private readonly Dictionary<CandidateSet, bool[]> _named = [];
    private readonly HashSet<int> _sharing = [];

    public Eligibility(List<SegmentNode> nodes)
    {
        _nodes = nodes;
        for (int i = 0; i < nodes.Count; i++)
        {
            nodes[i] = nodes[i] with { PrefixClass = ClassOf(nodes[i].Prefixes) };
        }
    }

    /// <summary>Nodes that can take something.</summary>
    public int Sharing => Math.Max(1, _sharing.Count);

    public Ineligibility Judge(int node, AddressDemand demand)
    {
        Ineligibility presence = _nodes[node].Presence;
        return presence != Ineligibility.None ? presence : JudgeHolder(node, demand);
    }

    /// <summary>As <see cref="Judge"/>, but a node that is alive may also be leaving or listening.</summary>
    public Ineligibility JudgeHolder(int node, AddressDemand demand)
    {
        Candidate? candidate = demand.Candidates.Find(_nodes[node].Name);
        return candidate is null ? Ineligibility.UnknownNode
            : candidate.Ineligibility != Ineligibility.None ? candidate.Ineligibility
            : candidate.Interfaces is { } named
                ? Named(named, _nodes[node].Interface) ? Ineligibility.None : Ineligibility.NoInterfaceForAddress
                : Holds(_nodes[node].Prefixes, demand.Address) ? Ineligibility.None : Ineligibility.NoInterfaceForAddress;
    }

    /// <summary>Counts the nodes of the demand among those that share the load.</summary>
    public void Count(AddressDemand demand) => _ = ByApi(demand.Candidates);

    public List<AbleNode> Able(AddressDemand demand)
    {
        List<AbleNode> byApi = ByApi(demand.Candidates);
        bool[] named = _named[demand.Candidates];
        for (int i = 0; i < _prefixClasses.Count; i++)
        {
            _classHolds[i] = Holds(_prefixClasses[i], demand.Address);
        }

        int able = 0;
        foreach (AbleNode node in byApi)
        {
            able += named[node.Index] || _classHolds[_nodes[node.Index].PrefixClass] ? 1 : 0;
        }

        if (able == byApi.Count)
        {
            return byApi;
        }

        List<AbleNode> some = new(able);
        foreach (AbleNode node in byApi)
        {
            if (named[node.Index] || _classHolds[_nodes[node.Index].PrefixClass])
            {
                some.Add(node);
            }
        }

        return some;
    }

    private List<AbleNode> ByApi(CandidateSet set)
    {
        if (_byApi.TryGetValue(set, out List<AbleNode>? known))
        {
            return known;
        }

        List<AbleNode> able = [];
        bool[] named = new bool[_nodes.Count];
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_nodes[i].Presence == Ineligibility.None
                && set.Find(_nodes[i].Name) is { Ineligibility: Ineligibility.None } candidate
                && (candidate.Interfaces is null || Named(candidate.Interfaces, _nodes[i].Interface)))
            {
                named[i] = candidate.Interfaces is not null;
                able.Add(new(i, candidate.Score));
                _sharing.Add(i);
            }
        }

        _byApi.Add(set, able);
        _named.Add(set, named);
        return able;
    }

    private int ClassOf(IReadOnlyList<IpPrefix> prefixes)
    {
        for (int i = 0; i < _prefixClasses.Count; i++)
        {
            if (Same(_prefixClasses[i], prefixes))
            {
                return i;
            }
        }

        _prefixClasses.Add(prefixes);
        _classHolds.Add(false);
        return _prefixClasses.Count - 1;
    }

    private static bool Same(IReadOnlyList<IpPrefix> left, IReadOnlyList<IpPrefix> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (left[i] != right[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(IReadOnlyList<IpPrefix> prefixes, IpAddr address)
    {
        for (int i = 0; i < prefixes.Count; i++)
        {
            if (prefixes[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Named(IReadOnlyCollection<string> names, string name)
    {
        foreach (string one in names)
        {
            if (string.Equals(one, name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
