// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux;

/// <summary>
/// A single-threaded loop over sockets, one timer and a mailbox, on a thread of its own that asks for real-time priority.
/// It allocates nothing at rest and waits for nothing but its descriptors, so that heartbeats and replies leave on time
/// whatever the rest of the process does. Handlers run on the loop and must not block.
/// </summary>
public sealed unsafe class Reactor : IDisposable
{
    private const int EpollAdd = 1;
    private const int EpollDelete = 2;
    private const int EpollModify = 3;
    private const int EpollCloexec = 0x80000;
    private const int ClockMonotonic = 1;
    private const int TimerAbsolute = 1;
    private const int NonBlockCloexec = 0x80800;
    private const int MostReady = 64;
    private const int MostItemOctets = 16;

    // struct epoll_event is packed on x86-64 only.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int ItemSize = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly FileDescriptor _epoll = FileDescriptor.Own(Libc.EpollCreate(EpollCloexec), "create an epoll instance");
    private readonly FileDescriptor _timer = FileDescriptor.Own(Libc.TimerCreate(ClockMonotonic, NonBlockCloexec), "create a timer");
    private readonly FileDescriptor _wake = FileDescriptor.Own(Libc.EventCreate(0, NonBlockCloexec), "create an event descriptor");
    private readonly Dictionary<int, (int Generation, Action<Readiness> Ready)> _watched = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly int _capacity;
    private Func<MonoTime, MonoTime> _settle = static _ => MonoTime.Never;
    private MonoTime _armed = MonoTime.Never;
    private bool _wantsRealTime;
    private int _generation;
    private volatile bool _stopping;
    private int _postedCount;
    private Thread? _thread;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A loop whose mailbox holds at most <paramref name="capacity"/> actions.</summary>
    public Reactor(int capacity)
    {
        _capacity = capacity;
        Control(EpollAdd, _timer, Readiness.Readable, 0);
        Control(EpollAdd, _wake, Readiness.Readable, 0);
    }

    /// <summary>The clock of the loop: CLOCK_MONOTONIC, which is also the runtime's timestamp clock.</summary>
    public static MonoTime Now => MonoTime.FromTimestamp(Stopwatch.GetTimestamp(), Stopwatch.Frequency);

    /// <summary>What the kernel granted the loop's thread; set once it runs.</summary>
    public ThreadPriorityGrant Priority { get; private set; }

    /// <summary>Ends with the loop; carries the fault that ended it.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Starts the thread. After each round of readiness <paramref name="settle"/> is called once with the present instant
    /// and returns when it wants to be called again at the latest. Without <paramref name="realTime"/> the thread is scheduled
    /// as any other: for work that comes in bulk, which must not stand in the way of heartbeats.
    /// </summary>
    public void Start(string name, Func<MonoTime, MonoTime> settle, bool realTime = true)
    {
        _wantsRealTime = realTime;
        _settle = settle;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Runs an action on the loop; false when the mailbox is full or the loop was asked to end, and the action is not run.
    /// Any thread may call, at any time.
    /// </summary>
    public bool TryPost(Action action)
    {
        if (_stopping)
        {
            return false;
        }

        if (Interlocked.Increment(ref _postedCount) > _capacity)
        {
            Interlocked.Decrement(ref _postedCount);
            return false;
        }

        _posted.Enqueue(action);
        Wake();
        return true;
    }

    /// <summary>Watches a socket; only on the loop or before it starts.</summary>
    internal void Add(FileDescriptor socket, Action readable) => Add(socket, Readiness.Readable, _ => readable());

    /// <summary>Watches a socket for what is named, and for its failure always; only on the loop or before it starts.</summary>
    internal void Add(FileDescriptor socket, Readiness interest, Action<Readiness> ready)
    {
        _watched[socket.Number] = (++_generation, ready);
        Control(EpollAdd, socket, interest, _generation);
    }

    /// <summary>Watches a socket for something else; only on the loop.</summary>
    internal void Change(FileDescriptor socket, Readiness interest) =>
        Control(EpollModify, socket, interest, _watched[socket.Number].Generation);

    /// <summary>Stops watching a socket; only on the loop. It must be removed before it is closed.</summary>
    internal void Remove(FileDescriptor socket)
    {
        // After the loop's end its sockets may go in any order.
        if (_watched.Remove(socket.Number) && !_epoll.IsClosed)
        {
            _ = Libc.EpollControl(_epoll, EpollDelete, socket.Number, null);
        }
    }

    /// <summary>Asks the loop to end after the round it is in.</summary>
    public void Stop()
    {
        _stopping = true;
        Wake();
    }

    private void Run()
    {
        try
        {
            Priority = _wantsRealTime ? RealTime.TryRaise() : ThreadPriorityGrant.Ordinary;
            byte* items = stackalloc byte[MostReady * MostItemOctets];
            while (!_stopping)
            {
                Arm(_settle(Now));
                int ready = Libc.EpollWait(_epoll, items, MostReady, -1);
                for (int i = 0; i < ready; i++)
                {
                    byte* item = items + (i * ItemSize);
                    int* data = (int*)(item + DataOffset);
                    Dispatch(data[0], data[1], (Readiness)(*(uint*)item));
                }

                RunPosted();
            }

            _completion.SetResult();
        }
#pragma warning disable CA1031 // The loop's owner awaits Completion and ends the process: nothing is swallowed.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _completion.SetException(fault);
        }
    }

    private void Dispatch(int fd, int generation, Readiness readiness)
    {
        if (fd == _timer.Number || fd == _wake.Number)
        {
            ulong count;
            _ = Libc.Read(fd == _timer.Number ? _timer : _wake, &count, sizeof(ulong));
        }
        else if (_watched.TryGetValue(fd, out (int Generation, Action<Readiness> Ready) watched) && watched.Generation == generation)
        {
            // The generation tells a socket from the one that had its number until a handler of this round closed it.
            watched.Ready(readiness);
        }
    }

    private void RunPosted()
    {
        while (_posted.TryDequeue(out Action? action))
        {
            Interlocked.Decrement(ref _postedCount);
            action();
        }
    }

    private void Arm(MonoTime deadline)
    {
        if (deadline == _armed && deadline > Now)
        {
            return;
        }

        _armed = deadline;
        Libc.TimerSpec spec = default;
        if (deadline != MonoTime.Never)
        {
            // All zero would disarm: an instant in the past fires at once.
            long at = Math.Max(1, deadline.Nanoseconds);
            spec.ValueSeconds = at / 1_000_000_000;
            spec.ValueNanoseconds = at % 1_000_000_000;
        }

        if (Libc.TimerSet(_timer, TimerAbsolute, &spec, null) != 0)
        {
            throw LinuxException.Last("arm the timer");
        }
    }

    private void Control(int operation, FileDescriptor descriptor, Readiness interest, int generation)
    {
        byte* item = stackalloc byte[MostItemOctets];
        *(uint*)item = (uint)interest;
        int* data = (int*)(item + DataOffset);
        data[0] = descriptor.Number;
        data[1] = generation;
        if (Libc.EpollControl(_epoll, operation, descriptor.Number, item) != 0)
        {
            throw LinuxException.Last("watch a descriptor");
        }
    }

    private void Wake()
    {
        ulong one = 1;
        try
        {
            _ = Libc.Write(_wake, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop ended between the caller's look and this line: there is nobody to wake.
        }
    }

    /// <summary>Ends the loop and waits for its thread; what lives on it may then be released by any thread.</summary>
    public void StopAndWait()
    {
        Stop();
        _thread?.Join();
    }

    /// <summary>Ends the loop and releases what it owns; the sockets on it are released before.</summary>
    public void Dispose()
    {
        StopAndWait();
        _wake.Dispose();
        _timer.Dispose();
        _epoll.Dispose();
    }
}
