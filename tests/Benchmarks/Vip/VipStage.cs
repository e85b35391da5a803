// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Benchmarks.Vip;

/// <summary>Two hosts with one kind of daemon.</summary>
/// <param name="First">Where the higher priority is.</param>
/// <param name="Second">Who takes over.</param>
internal sealed record VipPair(VipDaemon First, VipDaemon Second)
{
    internal bool IsOurs => First.IsOurs;

    internal string Name => First.Name;

    internal async Task StopAsync(CancellationToken cancellation)
    {
        await Second.StopAsync(cancellation);
        await First.StopAsync(cancellation);
    }
}

/// <summary>One segment with a pair of hosts for each daemon and a client: both are measured on the same switch in turns.</summary>
internal sealed class VipStage : IAsyncDisposable
{
    private readonly List<IDisposable> _owned = [];

    private VipStage(LabNetwork network)
    {
        Network = network;
        Ours = Pair(0, isOurs: true);
        Theirs = Pair(2, isOurs: false);
    }

    internal LabNetwork Network { get; }

    internal VipPair Ours { get; }

    internal VipPair Theirs { get; }

    internal static async Task<VipStage> StartAsync(CancellationToken cancellation) =>
        new(await LabNetwork.StartAsync(new LabTopology { Nodes = 4 }, cancellation));

    /// <summary>Both pairs, the other one first in every second run.</summary>
    internal IReadOnlyList<VipPair> InTurn(int run) => run % 2 == 0 ? [Ours, Theirs] : [Theirs, Ours];

    /// <summary>Keeps something until the stage is taken down.</summary>
    internal void Own(IDisposable owned) => _owned.Add(owned);

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
            owned.Dispose();
        await Ours.StopAsync(CancellationToken.None);
        await Theirs.StopAsync(CancellationToken.None);
        await Network.DisposeAsync();
    }

    private VipPair Pair(int node, bool isOurs) => new(new(Network, Network.Nodes[node], isOurs), new(Network, Network.Nodes[node + 1], isOurs));
}
