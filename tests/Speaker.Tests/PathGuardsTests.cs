// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Bgp;

namespace LoadBalancer.Speaker.Tests;

/// <summary>One BFD session for all routers that share a path.</summary>
[Trait("Scenario", "B25")]
public sealed class PathGuardsTests : IDisposable
{
    private static readonly BfdPath Path = new(BfdHops.SingleHop, IpAddr.Parse("192.0.2.1"));
    private static readonly BfdPath Other = new(BfdHops.SingleHop, IpAddr.Parse("192.0.2.2"));
    private static readonly BfdParameters Fast = new() { TransmitInterval = TimeSpan.FromMilliseconds(50) };

    private readonly BgpPlane _plane = new(Sample.Node, false, static _ => { }, 1, new KeptLog());
    private readonly BfdDriver _driver = new(1, static _ => true);
    private readonly PathGuards _guards;

    public PathGuardsTests()
    {
        _driver.Start();
        _guards = new PathGuards(_driver);
    }

    public void Dispose()
    {
        _driver.Dispose();
        _plane.Dispose();
    }

    [Fact]
    public async Task Routers_OnOnePath_ShareASessionThatGoesWithTheLast()
    {
        BgpNeighbor a = Neighbor("a"), b = Neighbor("b");
        _guards.Set(a, Path, Fast);
        _guards.Set(b, Path, new BfdParameters());
        Assert.Equal([Path], await PathsAsync());
        Assert.Equal(["a", "b"], _guards.GuardedBy(Path).Select(n => n.Name).Order(StringComparer.Ordinal));
        _guards.Remove(a);
        Assert.Equal([Path], await PathsAsync());
        _guards.Remove(b);
        Assert.Empty(await PathsAsync());
        Assert.Empty(_guards.GuardedBy(Path));
    }

    [Fact]
    public async Task Router_ThatMovesToAnotherPath_LeavesTheOneBefore()
    {
        BgpNeighbor a = Neighbor("a");
        _guards.Set(a, Path, Fast);
        _guards.Set(a, Other, Fast);
        Assert.Equal([Other], await PathsAsync());
        Assert.Empty(_guards.GuardedBy(Path));
    }

    [Fact]
    public async Task Router_WithoutParameters_IsGuardedNoLonger()
    {
        BgpNeighbor a = Neighbor("a");
        _guards.Set(a, Path, null);
        Assert.Empty(await PathsAsync());
        _guards.Set(a, Path, Fast);
        _guards.Set(a, Path, null);
        Assert.Empty(await PathsAsync());
        _guards.Remove(a);
    }

    // A session that was never up has nobody to say farewell to for long: it is gone within a detection time.
    private async Task<BfdPath[]> PathsAsync()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            BfdSnapshot snapshot = await _driver.ReadAsync(limit.Token);
            if (snapshot.Sessions.All(s => s.State != BfdState.AdminDown))
                return [.. snapshot.Sessions.Select(s => s.Path)];
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    private BgpNeighbor Neighbor(string name) => new(_plane, Sample.Intent(Sample.Peer(name)), IpAddr.Parse("192.0.2.1"), 0, 1);
}
