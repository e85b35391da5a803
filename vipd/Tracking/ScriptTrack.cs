// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Linux.Programs;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>One script, run again and again. Two runs never overlap: while one cannot be ended, each interval is a failure.</summary>
internal sealed class ScriptTrack : IDisposable
{
    // A run that was ended goes within this time, unless the kernel cannot end it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TrackedScript _script;
    private readonly ScriptTracks _owner;
    private readonly CheckSchedule _schedule;
    private readonly TimeSpan _timeout;
    private ProgramRun? _run;
    private MonoTime _goneBy;
    private bool _over;

    public ScriptTrack(TrackedScript script, ScriptTracks owner, MonoTime now)
    {
        _script = script;
        _owner = owner;
        _timeout = script.Timeout > TimeSpan.Zero ? script.Timeout : script.Interval;
        _schedule = new(script.Interval, _timeout, new RiseFall(script.Rise, script.Fall, script.InitiallyDown), now);
        owner.Board.Begin(new(TrackedKind.Script, script.Name, _schedule.State, null, "not run yet"));
    }

    public MonoTime NextDeadline => _owner.IsGoing(_script.Name) ? MonoTime.Never
        : _run is null || _schedule.IsRunning || _schedule.NextDeadline > _goneBy ? _schedule.NextDeadline
        : _goneBy;

    public void Settle(MonoTime now)
    {
        while (NextDeadline <= now)
        {
            switch (_schedule.Step(now))
            {
                case CheckAction.Run when _run is not null:
                    _schedule.Finish(success: false);
                    Report("the run before cannot be ended: look at what holds it up, such as a file system that does not answer", problem: true);
                    break;
                case CheckAction.Run:
                    Start();
                    break;
                case CheckAction.Kill:
                    _run?.End();
                    _goneBy = now + Patience;
                    Report(string.Create(CultureInfo.InvariantCulture, $"took longer than {_timeout.TotalSeconds:0.###} s and was ended"), problem: false);
                    break;
                case CheckAction.None:
                    return;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    private void Start()
    {
        if (!_owner.Accounts.TryFind(_script.User, _script.Group, out ProgramAccount? account, out string? problem))
        {
            _schedule.Finish(success: false);
            Report(problem, problem: true);
            return;
        }

        ProgramRequest request = new() { Command = _script.Command, Account = account, IsGuarded = _owner.IsGuarded };
        _run = _owner.Programs.Start(request, end => _owner.Post(() => Take(end)));
    }

    private void Take(ProgramEnd end)
    {
        _run = null;
        if (_over)
        {
            _owner.Gone(_script.Name);
        }
        else if (_schedule.IsRunning)
        {
            _schedule.Finish(end.Succeeded);
            Report(end.Words, end.Outcome == ProgramOutcome.NotStarted);
        }
    }

    private void Report(string detail, bool problem) =>
        _owner.Board.Take(new(TrackedKind.Script, _script.Name, _schedule.State, null, detail), problem);

    /// <summary>Ends what runs; nothing is reported after it.</summary>
    public void Dispose()
    {
        _over = true;
        if (_run is not null)
        {
            _owner.Going(_script.Name);
            _run.End();
        }
    }
}
