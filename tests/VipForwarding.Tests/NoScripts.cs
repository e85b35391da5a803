// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Vipd.Health;

namespace LoadBalancer.VipForwarding.Tests;

/// <summary>No test here has a check by script.</summary>
internal sealed class NoScripts : IScriptRunner
{
    public Task<(int? ExitStatus, string Words)> RunAsync(IReadOnlyList<string> command, string user, string group, CancellationToken limit) => throw new InvalidOperationException(command[0]);
}
