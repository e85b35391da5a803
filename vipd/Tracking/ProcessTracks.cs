// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>
/// The processes of a configuration. Where the kernel tells of them, that is followed, with a look at all of them now and then;
/// else all of them are looked at every second.
/// </summary>
internal sealed class ProcessTracks(ReportBoard board, Reactor reactor, ILogger logger, ProcessReader reader, bool useNotices = true) : ITrack, IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatienceForNotices = TimeSpan.FromSeconds(1);

    private readonly NamedSet<TrackedProcess, ProcessCount> _processes = new();
    private ProcessMonitor? _monitor;
    private bool _told;
    private MonoTime _sayAt = MonoTime.Never;
    private MonoTime _lookAt = MonoTime.Never;
    private MonoTime _now;

    public void Apply(VipConfiguration configuration, MonoTime now)
    {
        bool any = false;
        _processes.Apply(
            configuration.Processes.Select(static process => (process.Name, process with { Weight = 0, Reverse = false })),
            (name, process) =>
            {
                any = true;
                board.Begin(new(TrackedKind.Process, name, default, null, "not looked for yet"));
                return new ProcessCount(process);
            },
            (name, _, gone) =>
            {
                if (gone)
                    board.Forget(TrackedKind.Process, name);
            });
        if (any)
            _lookAt = now;
        if (_processes.Count == 0)
            Stop();
        else if (any && _monitor is null && !_told && useNotices)
            Listen(now);
    }

    public MonoTime Settle(MonoTime now)
    {
        _now = now;
        if (_processes.Count == 0)
            return MonoTime.Never;
        if (_lookAt <= now)
            Look(now);
        if (_sayAt <= now)
        {
            _sayAt = MonoTime.Never;
            Log.ProcessesByLooking(logger, LookInterval);
        }

        MonoTime next = MonoTime.Min(_lookAt, _sayAt);
        foreach (ProcessCount count in _processes.Running)
        {
            if (count.Judge(now))
                board.Take(new(TrackedKind.Process, count.Process.Name, count.State, null, count.Words));
            next = MonoTime.Min(next, count.NextDeadline);
        }

        return next;
    }

    private void Listen(MonoTime now)
    {
        _monitor = ProcessMonitor.TryCreate(reactor, Confirmed, Changed, Gone, () => _lookAt = _now);
        _sayAt = now + PatienceForNotices;
    }

    private void Confirmed()
    {
        if (_told)
            return;
        _told = true;
        _sayAt = MonoTime.Never;
        // What happened before the kernel began to tell.
        _lookAt = _now;
        Log.ProcessesByNotices(logger);
    }

    private void Look(MonoTime now)
    {
        _lookAt = now + (_told ? CheckInterval : LookInterval);
        foreach (ProcessCount count in _processes.Running)
            count.Clear();
        foreach (int id in reader.All())
            Changed(id);
    }

    private void Changed(int id)
    {
        if (reader.Name(id) is not { } name)
        {
            Gone(id);
            return;
        }

        IReadOnlyList<string>? arguments = null;
        bool read = false;
        foreach (ProcessCount count in _processes.Running)
        {
            // The arguments are read for those alone that may match: of the many on a host almost none does.
            bool may = count.Process.FullCommand || (count.Process.Command.Count > 0 && name.Length > 0 && count.Process.Command[0].StartsWith(name, StringComparison.Ordinal));
            if (may && !read)
            {
                arguments = reader.Arguments(id);
                read = true;
            }

            count.Set(id, may && arguments is not null && new ProcessFacts(name, arguments).Matches(count.Process));
        }
    }

    private void Gone(int id)
    {
        foreach (ProcessCount count in _processes.Running)
            count.Set(id, matches: false);
    }

    private void Stop()
    {
        _monitor?.Dispose();
        _monitor = null;
        _told = false;
        _sayAt = _lookAt = MonoTime.Never;
    }

    public void Dispose() => Stop();
}
