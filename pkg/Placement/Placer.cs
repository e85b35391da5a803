// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Placement;

/// <summary>
/// Gives addresses nobody holds to nodes: the recorded node while it is able, else the highest preference score, and
/// within a score the heaviest by rendezvous whose load is below ceil(1.25 x average); when all of a score are at the bound,
/// the heaviest of them. The answer does not depend on the order of the requests, and those who claim their share first do
/// not change what falls to the others.
/// </summary>
public sealed class Placer
{
    private readonly ulong[] _nodeHashes;
    private readonly int[] _loads;
    private readonly int _bound;
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
    private readonly List<(ulong Weight, AbleNode Node)> _ranked = [];

    /// <summary>Starts from what each node holds already.</summary>
    /// <param name="nodes">Names of the nodes.</param>
    /// <param name="loads">Addresses each holds.</param>
    /// <param name="total">Addresses held and to be placed.</param>
    /// <param name="sharing">Nodes among which the total is spread.</param>
    public Placer(IReadOnlyList<string> nodes, IReadOnlyList<int> loads, int total, int sharing)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(loads);
        _nodeHashes = new ulong[nodes.Count];
        _loads = new int[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            _nodeHashes[i] = Rendezvous.HashNode(nodes[i]);
            _loads[i] = loads[i];
        }

        _bound = Bound(total, sharing);
    }

    /// <summary>ceil(1.25 x total / nodes), at least 1.</summary>
    public static int Bound(int total, int nodes) => Math.Max(1, (int)(((5L * total) + (4L * Math.Max(1, nodes)) - 1) / (4L * Math.Max(1, nodes))));

    /// <summary>Says where a group is held already, so that the rest of it follows.</summary>
    public void Hold(string group, int node) => _groups.TryAdd(group, node);

    /// <summary>Places every request: index of the node, or -1 when none is able.</summary>
    public int[] Place(IReadOnlyList<PlacementRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        int[] order = new int[requests.Count];
        ulong[] keys = new ulong[requests.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = Rendezvous.HashAddress(requests[i].Address);
        }

        Array.Sort(keys, order);
        int[] placed = new int[requests.Count];
        for (int i = 0; i < order.Length; i++)
        {
            PlacementRequest request = requests[order[i]];
            int node = Choose(request, keys[i]);
            placed[order[i]] = node;
            if (node >= 0)
            {
                _loads[node]++;
                _groups.TryAdd(request.Group, node);
            }
        }

        return placed;
    }

    private int Choose(in PlacementRequest request, ulong key)
    {
        if (request.Able.Count == 0)
        {
            return -1;
        }

        if (request.Skip > 0)
        {
            Rank(request, key);
            return _ranked[request.Skip % _ranked.Count].Node.Index;
        }

        if (request.Recorded >= 0 && IsAble(request, request.Recorded))
        {
            return request.Recorded;
        }

        if (_groups.TryGetValue(request.Group, out int together) && IsAble(request, together))
        {
            return together;
        }

        return Heaviest(request, key);
    }

    private int Heaviest(in PlacementRequest request, ulong key)
    {
        int top = int.MinValue;
        for (int i = 0; i < request.Able.Count; i++)
        {
            top = Math.Max(top, request.Able[i].Score);
        }

        int best = -1;
        int bestBelow = -1;
        ulong weight = 0;
        ulong weightBelow = 0;
        for (int i = 0; i < request.Able.Count; i++)
        {
            AbleNode node = request.Able[i];
            if (node.Score != top)
            {
                continue;
            }

            ulong own = Rendezvous.Weigh(_nodeHashes[node.Index], key);
            if (best < 0 || own > weight)
            {
                (best, weight) = (node.Index, own);
            }

            if (_loads[node.Index] < _bound && (bestBelow < 0 || own > weightBelow))
            {
                (bestBelow, weightBelow) = (node.Index, own);
            }
        }

        return bestBelow >= 0 ? bestBelow : best;
    }

    private void Rank(in PlacementRequest request, ulong key)
    {
        _ranked.Clear();
        for (int i = 0; i < request.Able.Count; i++)
        {
            _ranked.Add((Rendezvous.Weigh(_nodeHashes[request.Able[i].Index], key), request.Able[i]));
        }

        _ranked.Sort(static (left, right) => left.Node.Score != right.Node.Score
            ? right.Node.Score.CompareTo(left.Node.Score)
            : right.Weight.CompareTo(left.Weight));
    }

    private static bool IsAble(in PlacementRequest request, int node)
    {
        for (int i = 0; i < request.Able.Count; i++)
        {
            if (request.Able[i].Index == node)
            {
                return true;
            }
        }

        return false;
    }
}
