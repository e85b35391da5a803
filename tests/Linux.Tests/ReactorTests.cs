// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Linux.Tests;

public sealed class ReactorTests
{
    private const int Wakes = 1000;

    [Fact]
    public async Task Timer_AtADeadline_NeverComesEarlyAndAllocatesNothing()
    {
        using Reactor reactor = new(4);
        TaskCompletionSource<(int Early, long Octets, TimeSpan Worst)> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        MonoTime due = MonoTime.Never;
        int wakes = 0;
        int early = 0;
        AllocationMeter meter = new(Wakes / 8);
        TimeSpan worst = TimeSpan.Zero;
        reactor.Start("timer", now =>
        {
            if (due != MonoTime.Never)
            {
                if (now < due)
                {
                    early++;
                    return due;
                }

                TimeSpan late = now - due;
                worst = late > worst ? late : worst;
                meter.Step();
                if (++wakes == Wakes)
                {
                    done.TrySetResult((early, meter.Least, worst));
                    return MonoTime.Never;
                }
            }

            return due = now + TimeSpan.FromMicroseconds(500);
        });
        (int tooEarly, long allocated, TimeSpan latest) = await done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"latest of {Wakes} wakes: {latest.TotalMicroseconds:f0} us late, priority {reactor.Priority}");
        Assert.Equal((0, 0), (tooEarly, allocated));
    }

    // A system clock that is set, by an hour or by a year, moves no deadline.
    [Fact]
    [Trait("Scenario", "F46")]
    [Trait("Scenario", "FI-26")]
    public void Timer_OfALoop_IsOfTheMonotonicClock()
    {
        using Reactor reactor = new(2);
        string[] timers = [.. Directory.GetFiles("/proc/self/fdinfo").Select(InfoOf).Where(static info => info.Contains("clockid:", StringComparison.Ordinal))];
        Assert.NotEmpty(timers);
        Assert.All(timers, static info => Assert.Contains("clockid: 1\n", info, StringComparison.Ordinal));

        // Another test may close one of its own meanwhile; ours stay open.
        static string InfoOf(string file)
        {
            try
            {
                return File.ReadAllText(file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    [Fact]
    public void TryPost_MailboxFull_IsRefused()
    {
        using Reactor reactor = new(2);
        Assert.True(reactor.TryPost(static () => { }) && reactor.TryPost(static () => { }));
        Assert.False(reactor.TryPost(static () => { }));
    }

    [Fact]
    public async Task Handler_Throws_CompletionCarriesIt()
    {
        using Reactor reactor = new(2);
        reactor.Start("faulty", _ => MonoTime.Never);
        Assert.True(reactor.TryPost(static () => throw new InvalidOperationException("broken invariant")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => reactor.Completion.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stop_EndsTheLoop()
    {
        using Reactor reactor = new(2);
        reactor.Start("ending", _ => MonoTime.Never);
        reactor.StopAndWait();
        await reactor.Completion;
    }
}
