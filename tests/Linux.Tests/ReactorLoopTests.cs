// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Linux.Tests;

public sealed class ReactorLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Now_AgainstTheRuntimesClock_IsTheSame()
    {
        MonoTime before = MonoTime.FromTimestamp(TimeProvider.System.GetTimestamp(), TimeProvider.System.TimestampFrequency);
        MonoTime now = Reactor.Now;
        MonoTime after = MonoTime.FromTimestamp(TimeProvider.System.GetTimestamp(), TimeProvider.System.TimestampFrequency);

        Assert.InRange(now.Nanoseconds, before.Nanoseconds, after.Nanoseconds);
    }

    // How late is printed and not judged: the machine is shared. Never early, and nothing allocated, is judged.
    [Fact]
    public async Task Timer_AbsoluteDeadlines_FireNeverEarlyAndAllocateNothing()
    {
        const int Rounds = 200;
        TimeSpan interval = TimeSpan.FromMilliseconds(10);
        long[] late = new long[Rounds];
        int round = -1;
        AllocationMeter meter = new(Rounds / 8);
        MonoTime next = MonoTime.Never;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using Reactor reactor = new(16);
        reactor.Start("timer", now =>
        {
            if (round < 0)
            {
                round = 0;
                next = now + interval;
            }
            else if (now >= next && round < Rounds)
            {
                late[round++] = now.Nanoseconds - next.Nanoseconds;
                next += interval;
                meter.Step();
                if (round == Rounds)
                {
                    done.SetResult();
                }
            }

            return round < Rounds ? next : MonoTime.Never;
        });

        await done.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.All(late, l => Assert.True(l >= 0));
        Assert.Equal(0, meter.Least);
        Array.Sort(late);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Rounds} deadlines every {interval.TotalMilliseconds} ms, granted {reactor.Priority}: late by {late[Rounds / 2] / 1000.0:F0} us median, {late[Rounds * 99 / 100] / 1000.0:F0} us p99, {late[^1] / 1000.0:F0} us worst"));
    }

    [Fact]
    public async Task Mailbox_Full_RefusesAndRunsWhatItTookInOrder()
    {
        const int Capacity = 8;
        using ManualResetEventSlim entered = new();
        using ManualResetEventSlim go = new();
        List<int> ran = [];
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using Reactor reactor = new(Capacity);
        reactor.Start("mailbox", static _ => MonoTime.Never);
        Assert.True(reactor.TryPost(() =>
        {
            entered.Set();
            go.Wait();
        }));
        entered.Wait(TestContext.Current.CancellationToken);

        bool[] taken = [.. Enumerable.Range(0, Capacity + 3).Select(i => reactor.TryPost(() => ran.Add(i)))];
        go.Set();
        SpinWait.SpinUntil(() => reactor.TryPost(done.SetResult), Patience);
        await done.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(Capacity, taken.Count(t => t));
        Assert.Equal(Enumerable.Range(0, Capacity), ran);
    }

    [Fact]
    public void Mailbox_ManyThreads_EveryActionTakenRunsOnce()
    {
        const int Threads = 4;
        const int Each = 5000;
        int taken = 0;
        int ran = 0;
        using Reactor reactor = new(64);
        reactor.Start("mailbox", static _ => MonoTime.Never);
        Thread[] posting = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                if (reactor.TryPost(() => ran++))
                {
                    Interlocked.Increment(ref taken);
                }
            }
        }))];
        Array.ForEach(posting, t => t.Start());
        Array.ForEach(posting, t => t.Join());

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ran) == Volatile.Read(ref taken), Patience));
        Assert.True(taken > 0);
    }

    [Fact]
    public async Task Loop_StoppedAndReleased_RefusesActionsAndCompletes()
    {
        Reactor reactor = new(16);
        reactor.Start("stop", static _ => MonoTime.Never);
        reactor.Dispose();

        await reactor.Completion.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(reactor.TryPost(static () => { }));
    }
}
