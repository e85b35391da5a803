// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Plane;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>Answers what is asked on the control socket.</summary>
internal sealed class ControlVerbs(ProtocolPlane plane, VipdStatus status, StateDirectory state, ILogger logger)
{
    public async Task<(bool Ok, string Text)> AnswerAsync(string[] words)
    {
        switch (words)
        {
            case ["status"]:
                return (true, await status.ToJsonAsync(CancellationToken.None).ConfigureAwait(false));
            case ["maintenance", "on" or "off"]:
                return await MaintainAsync(words[1] == "on").ConfigureAwait(false);
            case ["failover", string name]:
                return await FailOverAsync(new(name, FailoverDirection.Away), words).ConfigureAwait(false);
            case ["failover", string name, "release"]:
                return await FailOverAsync(new(name, FailoverDirection.Release), words).ConfigureAwait(false);
            case ["failover", string name, "to", string node] when node == status.Node:
                return await FailOverAsync(new(name, FailoverDirection.Here), words).ConfigureAwait(false);
            case ["failover", string name, "to", string node] when IpAddr.TryParse(node, out IpAddr address):
                return await FailOverAsync(new(name, FailoverDirection.Away, address), words).ConfigureAwait(false);
            case ["failover", _, "to", string node]:
                return (false, $"{node} is neither this node ({status.Node}) nor an address: give the address the other node advertises from, or run the command there");
            default:
                return (false, $"this vipd ({VipdStatus.Version}) does not know the request; use a vipd of the same version to ask it");
        }
    }

    private async Task<(bool, string)> MaintainAsync(bool on)
    {
        state.Maintenance = on;
        await plane.MaintainAsync(on).ConfigureAwait(false);
        string answer = on ? "this node takes part in no election until `vipd maintenance off`" : "this node takes part again";
        Log.ByHand(logger, $"maintenance {(on ? "on" : "off")}", answer);
        return (true, answer);
    }

    private async Task<(bool, string)> FailOverAsync(FailoverRequest request, string[] words)
    {
        FailoverAnswer answer = await plane.FailOverAsync(request).ConfigureAwait(false);
        Log.ByHand(logger, string.Join(' ', words), answer.Message);
        return (answer.Done, answer.Message);
    }
}
