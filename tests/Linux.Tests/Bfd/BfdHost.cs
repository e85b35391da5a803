// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Linux.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Bfd;

/// <summary>A driver inside a namespace, and what it told.</summary>
internal sealed class BfdHost : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Lock _lock = new();
    private readonly List<BfdNotice> _notices = [];
    private volatile bool _deaf;
    private long _allocated;

    public BfdHost(TestNamespace place, ulong seed = 1)
    {
        Place = place;
        Driver = new BfdDriver(seed, Take);
        _ = place.Within(() =>
        {
            Driver.Start();
            return 0;
        });
    }

    public TestNamespace Place { get; }

    public BfdDriver Driver { get; }

    /// <summary>Takes no notices while set.</summary>
    public bool Deaf
    {
        get => _deaf;
        set => _deaf = value;
    }

    /// <summary>Octets the driver's thread allocated between its last two notices.</summary>
    public long AllocatedBeforeLastNotice { get; private set; }

    public BfdNotice[] Notices
    {
        get
        {
            lock (_lock)
            {
                return [.. _notices];
            }
        }
    }

    public static BfdParameters Every(int milliseconds, byte multiplier = 3) => new()
    {
        TransmitInterval = TimeSpan.FromMilliseconds(milliseconds),
        ReceiveInterval = TimeSpan.FromMilliseconds(milliseconds),
        DetectMultiplier = multiplier,
    };

    public BfdPath Path(string remote, string? local = null, BfdHops hops = BfdHops.SingleHop, bool onInterface = true) => new(
        hops, IpAddr.Parse(remote), local is null ? null : IpAddr.Parse(local), onInterface && hops == BfdHops.SingleHop ? Place.IndexOf("eth0") : 0);

    public BfdPath Set(BfdPath path, BfdParameters parameters, bool adminDown = false)
    {
        Assert.True(Driver.TrySet(path, parameters, adminDown));
        return path;
    }

    public BfdSessionView View(BfdPath path) => Snapshot().Sessions.Single(session => session.Path == path);

    public BfdSnapshot Snapshot()
    {
#pragma warning disable VSTHRD002 // The driver's thread is not the test's: nothing can wait for the other.
        return Driver.ReadAsync(TestContext.Current.CancellationToken).WaitAsync(Patience).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    public BfdSessionView Await(BfdPath path, BfdState state) => Await(path, view => view.State == state, state.ToString());

    public BfdSessionView Await(BfdPath path, Func<BfdSessionView, bool> holds, string what)
    {
        MonoTime deadline = Reactor.Now + Patience;
        using ManualResetEventSlim never = new();
        while (true)
        {
            BfdSessionView view = View(path);
            if (holds(view))
            {
                return view;
            }

            Assert.True(Reactor.Now < deadline, $"wanted {what}, is {view} {string.Join(',', view.Discarded)} strays {string.Join(',', Snapshot().Strays)}");
            never.Wait(2, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for a notice and returns the first that fits.</summary>
    public BfdNotice AwaitNotice(Func<BfdNotice, bool> fits)
    {
        MonoTime deadline = Reactor.Now + Patience;
        using ManualResetEventSlim never = new();
        while (true)
        {
            if (Notices.Cast<BfdNotice?>().FirstOrDefault(notice => fits(notice!.Value)) is { } found)
            {
                return found;
            }

            Assert.True(Reactor.Now < deadline, string.Join('\n', Notices));
            never.Wait(2, TestContext.Current.CancellationToken);
        }
    }

    private bool Take(BfdNotice notice)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        if (_deaf)
        {
            return false;
        }

        lock (_lock)
        {
            _notices.Add(notice);
            AllocatedBeforeLastNotice = allocated - _allocated;
        }

        _allocated = GC.GetAllocatedBytesForCurrentThread();

        return true;
    }

    public void Dispose() => Driver.Dispose();
}
