// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Vipd.Forwarding;

namespace LoadBalancer.Vipd.Tests.Forwarding;

/// <summary>A kernel that keeps what it was told, refuses on demand, and knows the services that were added to it.</summary>
internal sealed class FakeKernel : IForwardKernel
{
    private readonly Lock _gate = new();
    private readonly List<string> _transactions = [];
    private readonly List<TranslatedConnections> _cuts = [];
    private readonly SortedSet<string> _services = new(StringComparer.Ordinal);

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

    /// <summary>What is listed of services that were not added by a transaction.</summary>
    public string? Counters { get; set; }

    /// <summary>Another program flushes everything.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _services.Clear();
        }
    }

    public NftResult Run(string commands, bool json)
    {
        lock (_gate)
        {
            if (json)
            {
                bool isServices = commands == "list map inet loadbalancer services4\n";
                return commands.StartsWith("list counters table netdev", StringComparison.Ordinal) ? new(false, "", "no such table")
                    : !isServices ? new(true, "{\"nftables\":[]}", "")
                    : Counters is { } text ? new(true, text, "")
                    : _services.Count > 0 ? new(true, List(_services, 7), "")
                    : new(false, "", "no such table");
            }

            if (Refusal is { } refusal)
            {
                return new(false, "", refusal);
            }

            _transactions.Add(commands);
            foreach (string line in commands.Split('\n'))
            {
                string[] words = line.Split(' ');
                if (line.StartsWith("add element inet loadbalancer services4", StringComparison.Ordinal))
                {
                    _services.Add($"\"{words[6]}\",\"{words[8]}\",{words[10]}");
                }
                else if (line.StartsWith("delete element inet loadbalancer services4", StringComparison.Ordinal))
                {
                    _services.Remove($"\"{words[6]}\",\"{words[8]}\",{words[10]}");
                }
                else if (line.StartsWith("delete table", StringComparison.Ordinal))
                {
                    _services.Clear();
                }
            }

            return new(true, "", "");
        }
    }

    /// <summary>What libnftables lists of services with these keys.</summary>
    public static string List(IEnumerable<string> keys, int packets) =>
        $"{{\"nftables\":[{{\"map\":{{\"name\":\"services4\",\"elem\":[{string.Join(',', keys.Select(k => $"[{{\"elem\":{{\"val\":{{\"concat\":[{k}]}},\"counter\":{{\"packets\":{packets},\"bytes\":{packets}00}}}}}},null]"))}]}}}}]}}";

    public int Cut(IReadOnlyCollection<TranslatedConnections> wanted)
    {
        lock (_gate)
        {
            _cuts.AddRange(wanted);
            return wanted.Count;
        }
    }

    /// <summary>The node's interfaces.</summary>
    public ImmutableArray<LinkInfo> Interfaces { get; set; } = [];

    public ImmutableArray<LinkInfo> Links() => Interfaces;

    public string? Read(string path) => Files.GetValueOrDefault(path);

    public void Dispose() => IsDisposed = true;
}
