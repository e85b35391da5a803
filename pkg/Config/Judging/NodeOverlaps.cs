// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Config.Judging;

/// <summary>Compares lists of node selectors; an empty list selects every node.</summary>
internal static class NodeOverlaps
{
    public static NodeOverlap Of(IReadOnlyList<LabelSelector> a, IReadOnlyList<LabelSelector> b)
    {
        if (SelectsAll(a) || SelectsAll(b))
            return NodeOverlap.Certain;
        NodeOverlap overlap = NodeOverlap.None;
        foreach (LabelSelector mine in a)
            foreach (LabelSelector theirs in b)
                if (mine.Equals(theirs))
                    return NodeOverlap.Certain;
                else if (!mine.Contradicts(theirs))
                    overlap = NodeOverlap.Possible;
        return overlap;
    }

    private static bool SelectsAll(IReadOnlyList<LabelSelector> selectors)
    {
        foreach (LabelSelector selector in selectors)
            if (selector.Text.Length == 0)
                return true;
        return selectors.Count == 0;
    }
}
