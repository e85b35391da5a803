// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Keepalived;

/// <summary>notify lines of instances and groups.</summary>
internal static class HookEntries
{
    public static BlockTable<T> AddHooks<T>(this BlockTable<T> table, Func<T, ValueList<NotifyHook>> get, Func<T, ValueList<NotifyHook>, T> set, bool instance)
    {
        Add("notify_master", NotifyEvent.Master);
        Add("notify_backup", NotifyEvent.Backup);
        Add("notify_fault", NotifyEvent.Fault);
        Add("notify_stop", NotifyEvent.Stop);
        Add("notify", NotifyEvent.Any);
        if (instance)
        {
            Add("notify_deleted", NotifyEvent.Deleted);
            Add("notify_master_rx_lower_pri", NotifyEvent.LowerPriorityMaster);
        }

        return table
            .Leave("is left out: there are no FIFOs here; a hook with appendState is told the priority on each transition, metrics show it between them", "notify_priority_changes")
            .Leave("is left out: no mail is sent; use a hook (notify: command or webhook) that reaches your alerting", "smtp_alert");

        void Add(string keyword, NotifyEvent @event) => table.Take(keyword, "notify", (value, entry) =>
        {
            // notify_deleted alone only says that the transition is called DELETED, as it always is here.
            if (entry.Words.Count == 0 && @event == NotifyEvent.Deleted)
                return value;
            (string user, string group) = entry.Account(1);
            NotifyHook hook = new() { On = [@event], Command = entry.Command(), AppendState = @event == NotifyEvent.Any, User = user, Group = group };
            if (hook.Command.Count > 0)
                entry.Problems.Locate($"{entry.Path}[{get(value).Count}]", entry.Statement.At);
            return hook.Command.Count == 0 ? value : set(value, get(value).With(hook));
        });
    }
}
