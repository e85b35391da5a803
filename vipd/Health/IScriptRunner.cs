// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Vipd.Health;

/// <summary>Runs a program of the configuration as the user that is named for it, or as the one for all.</summary>
internal interface IScriptRunner
{
    /// <summary>Its exit status, and words when it could not be run; it is killed when the token ends.</summary>
    Task<(int? ExitStatus, string Words)> RunAsync(IReadOnlyList<string> command, string user, string group, CancellationToken limit);
}
