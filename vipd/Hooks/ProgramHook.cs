// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Linux.Programs;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Hooks;

/// <summary>Calls programs: with keepalived's words where they are asked for, and with the transition in the environment always.</summary>
internal sealed class ProgramHook(ProgramRunner programs, Accounts accounts, ILogger logger)
{
    /// <summary>Runs it to its end; true when that is status 0.</summary>
    public async Task<bool> CallAsync(HookTask task, CancellationToken cancellation)
    {
        (HookCall call, NotifyHook hook, GlobalSettings global) = (task.Call, task.Hook, task.Global);
        string user = hook.User.Length > 0 ? hook.User : global.ScriptUser;
        string group = hook.Group.Length > 0 ? hook.Group : hook.User.Length > 0 ? "" : global.ScriptGroup;
        string program = hook.Command.Count > 0 ? hook.Command[0] : "";
        if (!accounts.TryFind(user, group, out ProgramAccount? account, out string? problem))
        {
            Log.ProgramFailed(logger, program, call.Kind, call.Name, call.StateWord, problem);
            return false;
        }

        ProgramRequest request = new()
        {
            Command = Words(call, hook),
            Account = account,
            Environment = Environment(call),
            Timeout = hook.Timeout,
            IsGuarded = global.ScriptSecurity,
        };
        ProgramEnd end = await programs.RunAsync(request, cancellation);
        if (end.Succeeded)
            Log.ProgramDone(logger, program, call.Kind, call.Name, call.StateWord);
        else
            Log.ProgramFailed(logger, program, call.Kind, call.Name, call.StateWord, end.Words);
        return end.Succeeded;
    }

    internal static IReadOnlyList<string> Words(HookCall call, NotifyHook hook) => hook.AppendState
        ? [.. hook.Command, call.Kind, call.Name, call.StateWord, call.Priority.ToString(CultureInfo.InvariantCulture)]
        : hook.Command;

    private static Dictionary<string, string> Environment(HookCall call) => new(StringComparer.Ordinal)
    {
        ["VIPD_KIND"] = call.Kind,
        ["VIPD_INSTANCE"] = call.Name,
        ["VIPD_STATE"] = call.StateWord,
        ["VIPD_PREVIOUS"] = call.FromState,
        ["VIPD_PRIORITY"] = call.Priority.ToString(CultureInfo.InvariantCulture),
        ["VIPD_REASON"] = call.Reason,
    };
}
