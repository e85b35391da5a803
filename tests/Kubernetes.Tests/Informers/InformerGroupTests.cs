// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Informers;

namespace LoadBalancer.Kubernetes.Tests.Informers;

public sealed class InformerGroupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Missing_SomeRead_NamesTheOthersWithTheirFaults()
    {
        InformerGroup group = new();
        group.Add("services", static () => new(false, false, 0, "connection refused"), static _ => Task.CompletedTask);
        group.Add("nodes", static () => new(true, true, 1, null), static _ => Task.CompletedTask);
        group.Add("endpointslices", static () => new(false, true, 1, null), static _ => Task.CompletedTask);

        Assert.Equal("services not read yet: connection refused; endpointslices not read yet", group.Missing());
        Assert.Equal("services: connection refused", group.LostContact());
    }

    [Fact]
    public void Missing_AllRead_IsNothing()
    {
        InformerGroup group = new();
        group.Add("nodes", static () => new(true, false, 1, "lost since"), static _ => Task.CompletedTask);

        Assert.Null(group.Missing());
        Assert.Equal("nodes: lost since", group.LostContact());
    }

    [Fact]
    public async Task Run_OneFailsWhileAnotherHeedsNothing_FailsAtOnce()
    {
        TaskCompletionSource deaf = new();
        var ended = false;
        InformerGroup group = new();
        group.Add("deaf", static () => default, _ => deaf.Task);
        group.Add("broken", static () => default, static _ => Task.FromException(new FormatException("broken")));
        group.Add("other", static () => default, async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            Volatile.Write(ref ended, true);
        });

        await Assert.ThrowsAsync<FormatException>(() => group.RunAsync(Cancellation).WaitAsync(Patience, TimeProvider.System, Cancellation));

        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ended), Patience));
        deaf.SetResult();
    }

    [Fact]
    public async Task Run_OneEndsByItself_IsAFault()
    {
        InformerGroup group = new();
        group.Add("short", static () => default, static _ => Task.CompletedTask);
        group.Add("long", static () => default, static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));

        await Assert.ThrowsAsync<System.Diagnostics.UnreachableException>(() => group.RunAsync(Cancellation).WaitAsync(Patience, TimeProvider.System, Cancellation));
    }

    [Fact]
    public async Task Run_Cancelled_EndsWithoutAFault()
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource running = new();
        InformerGroup group = new();
        group.Add("one", static () => default, token =>
        {
            token.Register(running.SetResult);
            return running.Task;
        });
        var run = group.RunAsync(stop.Token);

        await stop.CancelAsync();

        await run.WaitAsync(Patience, TimeProvider.System, Cancellation);
    }
}
