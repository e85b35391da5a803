// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Config;

public sealed partial class LabelSelector
{
    /// <summary>Whether no labels can satisfy both selectors. False does not say that an object with such labels exists.</summary>
    internal bool Contradicts(LabelSelector other)
    {
        foreach (Term mine in _terms)
            foreach (Term theirs in other._terms)
                if (mine.Key == theirs.Key && (Contradict(mine, theirs) || Contradict(theirs, mine)))
                    return true;
        return false;
    }

    private static bool Contradict(Term one, Term two) => one.Operator switch
    {
        Operator.In => two.Operator switch
        {
            Operator.In => !AnyOf(one.Values, two.Values),
            Operator.NotIn => AllOf(one.Values, two.Values),
            Operator.DoesNotExist => true,
            Operator.Exists => false,
            _ => throw new UnreachableException(),
        },
        Operator.Exists => two.Operator == Operator.DoesNotExist,
        Operator.NotIn or Operator.DoesNotExist => false,
        _ => throw new UnreachableException(),
    };

    private static bool AnyOf(string[] values, string[] among)
    {
        foreach (string value in values)
            if (Array.IndexOf(among, value) >= 0)
                return true;
        return false;
    }

    private static bool AllOf(string[] values, string[] among)
    {
        foreach (string value in values)
            if (Array.IndexOf(among, value) < 0)
                return false;
        return true;
    }
}
