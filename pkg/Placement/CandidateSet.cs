// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Placement;

/// <summary>The nodes of one demand, by name. Addresses of like demands share one instance: work is done once per instance.</summary>
public sealed class CandidateSet
{
    private readonly Dictionary<string, Candidate> _byNode = new(StringComparer.Ordinal);

    /// <summary>Takes the candidates in any order.</summary>
    /// <exception cref="ArgumentException">A node occurs twice.</exception>
    public CandidateSet(IEnumerable<Candidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        foreach (Candidate candidate in candidates)
        {
            _byNode.Add(candidate.Node, candidate);
        }
    }

    /// <summary>All candidates.</summary>
    public IReadOnlyCollection<Candidate> All => _byNode.Values;

    /// <summary>The candidate of that name, or null.</summary>
    public Candidate? Find(string node) => _byNode.GetValueOrDefault(node);
}
