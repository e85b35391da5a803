// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Nftables;
using LoadBalancer.Vipd.Forwarding;

namespace LoadBalancer.Vipd.Tests.Forwarding;

/// <summary>A kernel that keeps what it was told, refuses on demand, and knows the counters that were added to it.</summary>
internal sealed class FakeKernel : IForwardKernel
{
    private readonly Lock _gate = new();
    private readonly List<string> _transactions = [];
    private readonly List<TranslatedConnections> _cuts = [];
    private readonly SortedSet<string> _counters = new(StringComparer.Ordinal);

    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public ImmutableArray<(NftFeature Feature, string Remedy)> Missing { get; set; } = [];

    /// <summary>Refuses transactions from now on.</summary>
    public string? Refusal { get; set; }

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<string> Transactions
    {
        get
        {
            lock (_gate)
            {
                return [.. _transactions];
            }
        }
    }

    public IReadOnlyList<TranslatedConnections> Cuts
    {
        get
        {
            lock (_gate)
            {
                return [.. _cuts];
            }
        }
    }

    /// <summary>What counters show that were not added by a transaction.</summary>
    public ImmutableDictionary<string, CounterValue>? Counters { get; set; }

    /// <summary>Another program flushes everything.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _counters.Clear();
        }
    }

    public ImmutableDictionary<string, CounterValue>? ReadCounters(string table)
    {
        lock (_gate)
        {
            return Counters ?? (_counters.Count > 0 ? _counters.ToImmutableDictionary(static c => c, static _ => new CounterValue(7, 700)) : null);
        }
    }

    public NftResult Run(string commands)
    {
        lock (_gate)
        {
            if (Refusal is { } refusal)
            {
                return new(false, "", refusal);
            }

            _transactions.Add(commands);
            foreach (string line in commands.Split('\n'))
            {
                string[] words = line.Split(' ');
                if (line.StartsWith("add counter", StringComparison.Ordinal))
                {
                    _counters.Add(words[4]);
                }
                else if (line.StartsWith("delete counter", StringComparison.Ordinal))
                {
                    _counters.Remove(words[4]);
                }
                else if (line.StartsWith("delete table", StringComparison.Ordinal))
                {
                    _counters.Clear();
                }
            }

            return new(true, "", "");
        }
    }

    public int Cut(IReadOnlyCollection<TranslatedConnections> wanted)
    {
        lock (_gate)
        {
            _cuts.AddRange(wanted);
            return wanted.Count;
        }
    }

    public string? Read(string path) => Files.GetValueOrDefault(path);

    public void Dispose() => IsDisposed = true;
}
