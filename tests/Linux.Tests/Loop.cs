// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

/// <summary>A reactor inside a namespace, and what a test needs to look at it from outside.</summary>
internal sealed class Loop : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Loop(TestNamespace place)
        : this(place, new Reactor(1024), static _ => MonoTime.Never)
    {
    }

    /// <summary>Starts a reactor that something was made on already; it is owned from here on.</summary>
    public Loop(TestNamespace place, Reactor reactor, Func<MonoTime, MonoTime> settle, bool realTime = true) => Reactor = place.Within(() =>
    {
        reactor.Start("test", settle, realTime);
        return reactor;
    });

    public Reactor Reactor { get; }

    /// <summary>Runs on the loop's thread and waits for it.</summary>
    public T On<T>(Func<T> body)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(Reactor.TryPost(() =>
        {
            try
            {
                done.SetResult(body());
            }
#pragma warning disable CA1031 // Rethrown on the caller's thread.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                done.SetException(fault);
            }
        }));
#pragma warning disable VSTHRD002 // The loop's thread is not the test's: nothing can wait for the other.
        return done.Task.WaitAsync(Patience).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    public void On(Action body) => On(() =>
    {
        body();
        return true;
    });

    /// <summary>Waits until something holds on the loop; fails with what is there then.</summary>
    public void Await(Func<bool> holds, Func<string>? describe = null)
    {
        MonoTime deadline = Reactor.Now + Patience;
        using ManualResetEventSlim never = new();
        while (!On(holds))
        {
            Assert.True(Reactor.Now < deadline, describe is null ? "did not come to hold" : On(describe));
            never.Wait(5, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => Reactor.Dispose();
}
