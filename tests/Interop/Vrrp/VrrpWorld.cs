// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>A segment with hosts on which daemons of both kinds run, and the tape of it.</summary>
public sealed class VrrpWorld : IAsyncLifetime
{
    private int _scenes;

    public LabNetwork Network { get; private set; } = null!;

    public SegmentTape Tape { get; private set; } = null!;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public VrrpScene Open() => new(this, string.Create(CultureInfo.InvariantCulture, $"-{++_scenes}"));

    public async ValueTask InitializeAsync()
    {
        Network = await LabNetwork.StartAsync(new LabTopology { Nodes = 3 }, Cancellation);
        Tape = await SegmentTape.StartAsync(Network, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Tape?.Dispose();
        if (Network is not null)
            await Network.DisposeAsync();
    }
}

/// <summary>All tests of virtual routers share one segment.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // a collection of tests is what it is
public sealed class VrrpCollection : ICollectionFixture<VrrpWorld>
#pragma warning restore CA1711
{
    public const string Name = "vrrp";
}
