// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Bfd;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Bfd;

// What the driver can be told, from any thread. False means that its mailbox is full or it has ended: nothing was done.
public sealed partial class BfdDriver
{
    private readonly HashSet<ushort> _ports = [];
    private readonly List<TaskCompletionSource> _leavers = [];
    private ushort _nextPort;

    /// <summary>
    /// Adds a session or changes one: new parameters come into force without the session going down. With
    /// <paramref name="adminDown"/> it is held down, and the peer is told so.
    /// </summary>
    /// <exception cref="ArgumentException">The parameters have errors, or a link-local peer has no interface.</exception>
    public bool TrySet(BfdPath path, BfdParameters parameters, bool adminDown = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IReadOnlyList<string> errors = parameters.Errors();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors), nameof(parameters));
        }

        if (path.Remote.IsIPv6 && path.Remote.IsLinkLocal && path.Interface == 0)
        {
            throw new ArgumentException($"{path.Remote} is link-local and needs an interface", nameof(path));
        }

        return _reactor.TryPost(() => Set(path, parameters, adminDown));
    }

    /// <summary>Says farewell (AdminDown, for a detection time) and forgets the session; one that is not there is no error.</summary>
    public bool TryRemove(BfdPath path) => _reactor.TryPost(() =>
    {
        if (_byPath.TryGetValue(path, out BfdEntry? entry))
        {
            Leave(entry);
        }
    });

    /// <summary>Something other than BFD found an interface dead: its sessions go down at once instead of by silence.</summary>
    public bool TryPathDown(int interfaceIndex) => _reactor.TryPost(() =>
    {
        MonoTime now = Reactor.Now;
        foreach (BfdEntry entry in _byPath.Values)
        {
            if (entry.Session.Path.Interface == interfaceIndex)
            {
                Step(entry, BfdEvent.PathDown, now);
            }
        }
    });

    /// <summary>Says farewell for all sessions; ends when all have said it for long enough.</summary>
    public Task LeaveAsync(CancellationToken cancellation)
    {
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = _reactor.TryPost(() =>
        {
            _leavers.Add(left);
            foreach (BfdEntry entry in _byPath.Values.ToArray())
            {
                Leave(entry);
            }

            TellLeavers();
        });
        return posted ? left.Task.WaitAsync(cancellation) : Task.CompletedTask;
    }

    /// <summary>All sessions as they are now.</summary>
    public Task<BfdSnapshot> ReadAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<BfdSnapshot> read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = _reactor.TryPost(() => read.SetResult(View()));
        return posted
            ? read.Task.WaitAsync(cancellation)
            : Task.FromResult(new BfdSnapshot([], System.Collections.Frozen.FrozenDictionary<BfdDiscard, long>.Empty, _reactor.Priority, default));
    }

    private BfdSnapshot View() => new([.. _byPath.Values.Select(static entry => entry.View())], BfdEntry.Freeze(_strays), _reactor.Priority, _latest);

    private void Set(BfdPath path, BfdParameters parameters, bool adminDown)
    {
        MonoTime now = Reactor.Now;
        if (_byPath.TryGetValue(path, out BfdEntry? entry))
        {
            entry.IsLeaving = false;
            Step(entry, BfdEvent.Configure(parameters), now);
        }
        else if (_sessions.TryAdd(path, parameters, out BfdSession session))
        {
            entry = new BfdEntry(session, now);
            _byPath.Add(path, entry);
            _bySession.Add(session, entry);
            Open(entry, now);
        }
        else
        {
            string fault = $"there is a BFD session with {path.Remote} on the same interface or from the same address already: one is enough";
            _ = _publish(new(path, default, false, fault, now));
            return;
        }

        Step(entry, adminDown ? BfdEvent.Disable() : BfdEvent.Enable, now);
    }

    private void Leave(BfdEntry entry)
    {
        entry.IsLeaving = true;
        if (entry.Session.State == BfdState.AdminDown && entry.Session.NextDeadline == MonoTime.Never)
        {
            Drop(entry);
            return;
        }

        Step(entry, BfdEvent.Disable(), Reactor.Now);
    }

    private void Drop(BfdEntry entry)
    {
        _ = _sessions.Remove(entry.Session);
        _deadlines.Remove(entry.Session);
        _ = _bySession.Remove(entry.Session);
        _ = _byPath.Remove(entry.Session.Path);
        if (entry.Sender is { } sender)
        {
            _ = _ports.Remove(sender.Port);
            sender.Dispose();
        }

        CloseIdle(entry.Session.Path);
        TellLeavers();
    }

    // A port that nobody here waits on is free for others on the host.
    private void CloseIdle(BfdPath gone)
    {
        (BfdHops, IpFamily) key = (gone.Hops, gone.Remote.Family);
        if (!_byPath.Keys.Any(path => (path.Hops, path.Remote.Family) == key) && _receivers.Remove(key, out BfdReceiver? receiver))
        {
            receiver.Dispose();
            _open = [.. _receivers.Values];
        }
    }

    private void TellLeavers()
    {
        if (_byPath.Count == 0)
        {
            _leavers.ForEach(static left => left.TrySetResult());
            _leavers.Clear();
        }
    }

    private void Open(BfdEntry entry, MonoTime now)
    {
        BfdPath path = entry.Session.Path;
        string? before = entry.Fault;
        entry.Fault = null;
        try
        {
            (BfdHops, IpFamily) key = (path.Hops, path.Remote.Family);
            if (!_receivers.ContainsKey(key))
            {
                _receivers.Add(key, new BfdReceiver(_reactor, path.Hops, path.Remote.Family, _take));
                _open = [.. _receivers.Values];
            }

            if (entry.Sender is null)
            {
                entry.Sender = BfdSender.Open(path, _nextPort, _ports);
                _ = _ports.Add(entry.Sender.Port);
                _nextPort = entry.Sender.Port == BfdSender.LastPort ? BfdSender.FirstPort : (ushort)(entry.Sender.Port + 1);
            }
        }
        catch (LinuxException fault)
        {
            entry.Fault = fault.Message;
            _reopenAt = MonoTime.Min(_reopenAt, now + ReopenInterval);
        }

        if (entry.Fault != before)
        {
            BfdState state = entry.Session.State;
            Tell(entry, new(path, new(state, state, BfdCause.PathDown), false, entry.Fault, now));
        }
    }

    // An address or interface that was not there may have come, and another daemon may have let go of the port.
    private void OpenMissing(MonoTime now)
    {
        _reopenAt = MonoTime.Never;
        foreach (BfdEntry entry in _byPath.Values)
        {
            if (entry.Fault is not null)
            {
                Open(entry, now);
            }
        }
    }
}
