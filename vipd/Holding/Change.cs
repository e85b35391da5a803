// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Holding;

/// <summary>What differs of one kind, over many instances.</summary>
internal sealed class Change<T>
    where T : class
{
    public List<(Holding Holding, T Item)> Removals { get; } = [];

    public List<(Holding Holding, T Item)> Additions { get; } = [];

    public void Compare(Holding holding, HashSet<T> present, IEnumerable<T> wanted)
    {
        HashSet<T> kept = [];
        foreach (T item in wanted)
        {
            if (present.Contains(item))
            {
                kept.Add(item);
            }
            else
            {
                Additions.Add((holding, item));
            }
        }

        foreach (T item in present)
        {
            if (!kept.Contains(item))
            {
                Removals.Add((holding, item));
            }
        }
    }

    /// <summary>What one instance lets go and another takes, the same on the same interface, changes hands without being touched.</summary>
    public void Move(Func<Holding, HashSet<T>> of)
    {
        if (Removals.Count == 0 || Additions.Count == 0)
        {
            return;
        }

        Dictionary<T, Holding> leaving = [];
        foreach ((Holding holding, T item) in Removals)
        {
            leaving[item] = holding;
        }

        HashSet<T> moved = [];
        Additions.RemoveAll(addition =>
        {
            if (!leaving.TryGetValue(addition.Item, out Holding? before) || before == addition.Holding || !moved.Add(addition.Item))
            {
                return false;
            }

            of(before).Remove(addition.Item);
            of(addition.Holding).Add(addition.Item);
            return true;
        });
        Removals.RemoveAll(removal => moved.Contains(removal.Item));
    }
}
