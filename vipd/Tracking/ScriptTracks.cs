// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Programs;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>The scripts of a configuration.</summary>
internal sealed class ScriptTracks(ReportBoard board, ProgramRunner programs, Accounts accounts, Action<Action> post) : ITrack, IDisposable
{
    private readonly NamedSet<(TrackedScript Script, bool IsGuarded), ScriptTrack> _scripts = new();
    // Runs of scripts that were changed: the changed one waits for them.
    private readonly Dictionary<string, int> _going = new(StringComparer.Ordinal);

    public ReportBoard Board => board;

    public ProgramRunner Programs => programs;

    public Accounts Accounts => accounts;

    /// <summary>Whether root refuses what others can change.</summary>
    public bool IsGuarded { get; private set; } = true;

    public bool IsGoing(string name) => _going.ContainsKey(name);

    public void Going(string name) => _going[name] = _going.GetValueOrDefault(name) + 1;

    public void Gone(string name)
    {
        if (--_going[name] == 0)
            _going.Remove(name);
    }

    public void Post(Action action) => post(action);

    public void Apply(VipConfiguration configuration, MonoTime now)
    {
        GlobalSettings global = configuration.Global;
        IsGuarded = global.ScriptSecurity;
        // What a script means for a priority is no business of its runs: another weight leaves its schedule and verdict alone.
        IEnumerable<(string, (TrackedScript, bool))> wanted = configuration.Scripts.Select(script => (script.Name, (script with
        {
            Weight = 0,
            Reverse = false,
            User = script.User.Length > 0 ? script.User : global.ScriptUser,
            Group = script.Group.Length > 0 ? script.Group : script.User.Length > 0 ? "" : global.ScriptGroup,
        }, global.ScriptSecurity)));
        _scripts.Apply(wanted, (_, settings) => new ScriptTrack(settings.Script, this, now), (name, running, gone) =>
        {
            running.Dispose();
            if (gone)
                board.Forget(TrackedKind.Script, name);
        });
    }

    public MonoTime Settle(MonoTime now)
    {
        MonoTime next = MonoTime.Never;
        foreach (ScriptTrack script in _scripts.Running)
        {
            script.Settle(now);
            next = MonoTime.Min(next, script.NextDeadline);
        }

        return next;
    }

    public void Dispose()
    {
        foreach (ScriptTrack script in _scripts.Running)
            script.Dispose();
    }
}
