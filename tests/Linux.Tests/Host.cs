// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

/// <summary>One namespace with a reactor in it: what is opened through <see cref="On"/> belongs to that host.</summary>
public sealed class Host(string name, MacAddr mac) : IDisposable
{
    public const int MailboxCapacity = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly BlockingCollection<Action> _work = [];
    private Thread? _thread;
    private Reactor? _reactor;
    private int _settled;

    public string Name { get; } = name;

    public MacAddr Mac { get; } = mac;

    /// <summary>The index of its end of the wire.</summary>
    public int Index { get; set; }

    /// <summary>A reactor belongs to no namespace; what is opened on it does.</summary>
    public Reactor Reactor => _reactor ??= new Reactor(MailboxCapacity);

    /// <summary>Rounds the reactor has made.</summary>
    public int Rounds => Volatile.Read(ref _settled);

    /// <summary>Starts the reactor's thread inside the namespace.</summary>
    public void Run(Func<MonoTime, MonoTime>? settle = null)
    {
        Reactor reactor = Reactor;
        On(() =>
        {
            reactor.Start("test", now =>
            {
                Interlocked.Increment(ref _settled);
                return settle?.Invoke(now) ?? MonoTime.Never;
            });
            return true;
        });
    }

    /// <summary>Runs something on a thread that lives in the namespace.</summary>
    public T On<T>(Func<T> action)
    {
        if (_thread is null)
        {
            _thread = new Thread(() =>
            {
                NetworkNamespace.Enter("/run/netns/" + Name);
                foreach (Action item in _work.GetConsumingEnumerable())
                {
                    item();
                }
            })
            {
                IsBackground = true,
            };
            _thread.Start();
        }

        using ManualResetEventSlim done = new();
        T result = default!;
        Exception? fault = null;
        _work.Add(() =>
        {
            fault = Record.Exception(() => { result = action(); });
            done.Set();
        });
        Assert.True(done.Wait(Patience), "the namespace's thread did not answer");
        return fault is null ? result : throw fault;
    }

    /// <summary>Waits until something is so; says what it was when it is not.</summary>
    public static void Until(string what, Func<bool> holds)
    {
        long began = Stopwatch.GetTimestamp();
        SpinWait spin = default;
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"not within {Patience.TotalSeconds} s: {what}");
            spin.SpinOnce();
        }
    }

    public void Dispose()
    {
        _reactor?.Dispose();
        _work.CompleteAdding();
        _thread?.Join();
        Wire.Ip($"netns del {Name}");
        _work.Dispose();
    }
}
