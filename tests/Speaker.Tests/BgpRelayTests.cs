// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Session;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;
using LoadBalancer.Speaker.Bgp;
using LoadBalancer.Speaker.Cluster;

namespace LoadBalancer.Speaker.Tests;

/// <summary>Reports on their way from the plane to a loop that may be slow.</summary>
public sealed class BgpRelayTests
{
    [Fact]
    [Trait("Scenario", "S39")]
    public async Task Loop_ThatIsSlow_GetsTheNewestAloneAndDelaysNobody()
    {
        const int Reports = 10_000;
        EventLoop<SpeakerEvent> loop = new(1, TimeProvider.System);
        BgpRelay relay = new(loop);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task relaying = relay.RunAsync(end.Token);
        for (int i = 1; i <= Reports; i++)
            relay.Publish(Sample.Report(Sample.Neighbor(SessionState.Established, advertised: i)));
        Assert.Equal(Reports, relay.Last.Neighbors[0].AdvertisedIPv4);
        Newest heard = new(Reports);
        Task running = loop.RunAsync(heard, end.Token);
        await heard.Last.Task.WaitAsync(TimeSpan.FromSeconds(30), end.Token);
        await end.CancelAsync();
        await Task.WhenAll(relaying, running);
        // One in the mailbox, one on its way and the newest: what came between them was dropped.
        Assert.InRange(heard.Count, 1, 3);
    }

    private sealed class Newest(int newest) : IEventHandler<SpeakerEvent>
    {
        public TaskCompletionSource Last { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count { get; private set; }

        public void Handle(SpeakerEvent item, MonoTime now)
        {
            Count++;
            if (((BgpReported)item).Report.Neighbors[0].AdvertisedIPv4 == newest)
                Last.TrySetResult();
        }

        public MonoTime Settle(MonoTime now) => MonoTime.Never;
    }
}
