// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Routers;
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Routers;

public sealed class RouterDiscoveryTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Segment _segment = new();
    private readonly List<IDisposable> _opened = [];

    private RouterDiscovery Open(TestNamespace place, MacAddr? advertise, Action<RouterNeighbor> heard) => place.Within(() =>
    {
        Reactor reactor = new(16);
        RouterDiscovery discovery = new(reactor, place.IndexOf("eth0"), new() { Advertise = advertise }, heard);
        reactor.Start("routers", discovery.Tick, realTime: false);
        _opened.Add(reactor);
        _opened.Add(discovery);
        return discovery;
    });

    [Fact]
    public async Task Routers_BothAdvertise_FindEachOtherByLinkLocalAddress()
    {
        TaskCompletionSource<RouterNeighbor> here = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<RouterNeighbor> there = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long began = Reactor.Now.Nanoseconds;
        Open(_segment.A, Segment.MacA(), found => here.TrySetResult(found));
        Open(_segment.B, Segment.MacB(), found => there.TrySetResult(found));

        RouterNeighbor router = await here.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        RouterNeighbor node = await there.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine($"found after {(Reactor.Now.Nanoseconds - began) / 1e6:f1} ms");
        Assert.True(router.Address.IsLinkLocal && node.Address.IsLinkLocal);
        Assert.Equal((Segment.MacB(), _segment.A.IndexOf("eth0"), TimeSpan.Zero), (router.Mac, router.InterfaceIndex, router.Lifetime));
        Assert.Equal(Segment.MacA(), node.Mac);
        Assert.DoesNotContain("default", _segment.A.Ip("-6 route"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advertisement_FromAnotherStack_IsHeardAndOursIsAcceptedByTheKernel()
    {
        TaskCompletionSource<RouterNeighbor> here = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Open(_segment.B, Segment.MacB(), static _ => { });
        _ = Open(_segment.A, null, found => here.TrySetResult(found));

        RouterNeighbor found = await here.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        // The kernel took the same advertisement and marks its sender as a router: what ip(8) shows is not ours.
        Host.Until("the kernel knows the router", () => _segment.A.Ip("-6 neighbor show dev eth0").Contains($"{found.Address} lladdr {Segment.MacB()} router", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("86000000400000000000000000000000", true)]
    [InlineData("860000004000000000000000000000000101020000", false)]
    [InlineData("860000004000070800000000000000000101020000000b01", true)]
    [InlineData("860000004000070800000000000000000100020000000b01", false)]
    [InlineData("860100004000070800000000000000000101020000000b01", false)]
    [InlineData("86000000400007080000000000000000", true)]
    [InlineData("860000004000070800000000000000", false)]
    [InlineData("8500000000000000", true)]
    [InlineData("85000000000000", false)]
    [InlineData("8700000000000000", false)]
    public void Message_Octets_AreReadAsTheRfcSays(string octets, bool taken) =>
        Assert.Equal(taken, RouterMessage.TryRead(Convert.FromHexString(octets), out _));

    [Fact]
    public void Message_Written_IsReadAlike()
    {
        RouterMessage message = new(true, 1800, Segment.MacA());
        byte[] octets = new byte[RouterMessage.MaxLength];

        Assert.Equal("860000000000070800000000000000000101020000000A00", Convert.ToHexString(octets, 0, message.Write(octets)));
        Assert.True(RouterMessage.TryRead(octets, out RouterMessage read));
        Assert.Equal(message, read);
        Assert.Equal(0, message.Write(octets.AsSpan(0, octets.Length - 1)));
    }

    public void Dispose()
    {
        // Reactors end before what lives on them.
        _opened.ForEach(static item => (item as Reactor)?.StopAndWait());
        _opened.Where(static item => item is not Reactor).ToList().ForEach(static item => item.Dispose());
        _opened.ForEach(static item => item.Dispose());
        _segment.Dispose();
    }
}
