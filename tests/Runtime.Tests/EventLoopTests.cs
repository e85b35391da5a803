// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Runtime.Tests;

public sealed class EventLoopTests
{
    private sealed class Recorder(Func<MonoTime, MonoTime> settle) : IEventHandler<int>, IDisposable
    {
        private readonly SemaphoreSlim _settled = new(0);

        public List<int> Seen { get; } = [];

        public int SettleCount { get; private set; }

        public void Handle(int item, MonoTime now) => Seen.Add(item);

        public MonoTime Settle(MonoTime now)
        {
            SettleCount++;
            MonoTime next = settle(now);
            _settled.Release();
            return next;
        }

        public void Dispose() => _settled.Dispose();

        public Task SettledAsync() => _settled.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Run_EventsPosted_AreHandledInOrderThenSettledOnce()
    {
        ManualTimeProvider clock = new();
        EventLoop<int> loop = new(16, clock);
        using Recorder recorder = new(_ => MonoTime.Never);
        using CancellationTokenSource stop = new();
        Assert.True(loop.TryPost(1) && loop.TryPost(2) && loop.TryPost(3));
        Task running = loop.RunAsync(recorder, stop.Token);
        await recorder.SettledAsync();
        Assert.Equal([1, 2, 3], recorder.Seen);
        Assert.Equal(1, recorder.SettleCount);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Run_DeadlineReturned_SettlesAgainWhenItComes()
    {
        ManualTimeProvider clock = new();
        EventLoop<int> loop = new(16, clock);
        MonoTime deadline = clock.Now + TimeSpan.FromSeconds(5);
        using Recorder recorder = new(now => now < deadline ? deadline : MonoTime.Never);
        using CancellationTokenSource stop = new();
        Task running = loop.RunAsync(recorder, stop.Token);
        await recorder.SettledAsync();
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, recorder.SettleCount);
        clock.Advance(TimeSpan.FromSeconds(2));
        await recorder.SettledAsync();
        Assert.Equal(2, recorder.SettleCount);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Run_HandlerThrows_EndsTheLoopWithTheFault()
    {
        EventLoop<int> loop = new(16, new ManualTimeProvider());
        using Recorder recorder = new(_ => throw new InvalidOperationException("broken invariant"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => loop.RunAsync(recorder, CancellationToken.None));
    }

    [Fact]
    public void TryPost_MailboxFull_IsRefused()
    {
        EventLoop<int> loop = new(2, new ManualTimeProvider());
        Assert.True(loop.TryPost(1) && loop.TryPost(2));
        Assert.False(loop.TryPost(3));
    }
}
