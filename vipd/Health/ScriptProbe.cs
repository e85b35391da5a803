// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Health;

/// <summary>Whether a program ends with 0; with a dynamic weight 2 to 255 is success, too, and the weight is two less.</summary>
internal sealed class ScriptProbe(HealthCheck check, IScriptRunner scripts) : IProbe
{
    public string Awaits => $"the end of {check.Command[0]}";

    public async Task<ProbeAnswer> AskAsync(CancellationToken limit)
    {
        (int? ended, string words) = await scripts.RunAsync(check.Command, check.User, check.Group, limit);
        return ended is not { } status ? ProbeAnswer.Down(words)
            : status == 0 ? ProbeAnswer.Up("exit status 0")
            : check.DynamicWeight && status is >= 2 and <= 255 ? new(true, $"exit status {status}: weight {status - 2}", status - 2)
            : ProbeAnswer.Down($"exit status {status}");
    }
}
