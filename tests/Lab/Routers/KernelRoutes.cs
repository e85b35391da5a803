// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Lab.Routers;

/// <summary>What a router daemon has put into the kernel of the lab's router.</summary>
public static class KernelRoutes
{
    /// <summary>Next hops of a prefix; 0 where there is no route.</summary>
    public static async Task<int> NextHopsAsync(LabNetwork network, string prefix, CancellationToken cancellation)
    {
        string answer = await LabNetwork.RunAsync(network.Router.Namespace, "ip", [RouterOptions.IsIPv6(prefix) ? "-6" : "-4", "-d", "-j", "route", "show", prefix], null, cancellation);
        JsonArray routes = answer.Trim().Length == 0 ? [] : JsonNode.Parse(answer)!.AsArray();
        return routes.Sum(static r => r!["nexthops"]?.AsArray().Count ?? 1);
    }
}
