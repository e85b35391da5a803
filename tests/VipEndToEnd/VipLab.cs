// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Workloads;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LoadBalancer.VipEndToEnd;

/// <summary>Three nodes and a client on one segment; every node answers for the addresses of the tests once it holds them.</summary>
public sealed class VipLab : IAsyncLifetime
{
    public const int EchoPort = 7777;
    public const string Vip = "192.0.2.100";
    public const string Vip6 = "2001:db8:0:1::100";

    private readonly List<IDisposable> _owned = [];
    private int _scenes;

    public LabNetwork Network { get; private set; } = null!;

    public IReadOnlyList<LabHost> Nodes => Network.Nodes;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Scene Open() => new(this, ++_scenes);

    public async ValueTask InitializeAsync()
    {
        Network = await LabNetwork.StartAsync(new LabTopology { Nodes = 3 }, Cancellation);
        foreach (LabHost node in Nodes)
        {
            // The service is there before the address is, as one that listens to all of them would be.
            node.Namespace.SetKernel(("net/ipv4/ip_nonlocal_bind", "1"), ("net/ipv6/ip_nonlocal_bind", "1"));
            foreach (string address in (string[])[Vip, Vip6])
            {
                _owned.Add(UdpEcho.Start(node.Namespace, new IPEndPoint(IPAddress.Parse(address), EchoPort), node.Name));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }

        if (Network is not null)
        {
            await Network.DisposeAsync();
        }
    }
}

/// <summary>All tests share one lab.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // a collection of tests is what it is
public sealed class VipCollection : ICollectionFixture<VipLab>
#pragma warning restore CA1711
{
    public const string Name = "vip";
}
