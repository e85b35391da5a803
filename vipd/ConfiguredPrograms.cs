// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Programs;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.Vipd;

/// <summary>Runs programs of health checks and virtual servers under the rules of the configuration in force.</summary>
internal sealed class ConfiguredPrograms(ProgramRunner programs) : IScriptRunner
{
    private readonly Accounts _accounts = new();
    private volatile GlobalSettings _global = new();

    public void Apply(GlobalSettings global) => _global = global;

    public async Task<(int? ExitStatus, string Words)> RunAsync(IReadOnlyList<string> command, string user, string group, CancellationToken limit)
    {
        GlobalSettings global = _global;
        string runAs = user.Length > 0 ? user : global.ScriptUser;
        string runIn = group.Length > 0 ? group : user.Length > 0 ? "" : global.ScriptGroup;
        if (!_accounts.TryFind(runAs, runIn, out ProgramAccount? account, out string? problem))
        {
            return (null, problem);
        }

        ProgramEnd end = await programs.RunAsync(new ProgramRequest { Command = command, Account = account, IsGuarded = global.ScriptSecurity }, limit).ConfigureAwait(false);
        return (end.Outcome == ProgramOutcome.Exited ? end.Status : null, end.Words);
    }
}
