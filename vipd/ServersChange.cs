// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd;

/// <summary>A change of the cluster's part that touches nothing but real servers: the configuration it makes, and the virtual servers it is about.</summary>
internal sealed record ServersChange(VipConfiguration Next, IReadOnlyList<string> Names)
{
    /// <summary>Null when it is more than that, or when what is in force does not show it.</summary>
    public static ServersChange? Between(VipConfiguration before, VipConfiguration after, VipConfiguration inForce)
    {
        if (before.VirtualServers.Count != after.VirtualServers.Count || before with { VirtualServers = [] } != after with { VirtualServers = [] })
        {
            return null;
        }

        Dictionary<VirtualServer, VirtualServer> replaced = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < after.VirtualServers.Count; i++)
        {
            (VirtualServer was, VirtualServer now) = (before.VirtualServers[i], after.VirtualServers[i]);
            if (ReferenceEquals(was, now))
            {
                continue;
            }

            if (was with { Servers = now.Servers } != now)
            {
                return null;
            }

            replaced.Add(was, now);
        }

        int found = 0;
        List<string> names = [];
        List<VirtualServer> servers = new(inForce.VirtualServers.Count);
        foreach (VirtualServer server in inForce.VirtualServers)
        {
            bool isOther = replaced.TryGetValue(server, out VirtualServer? now);
            servers.Add(isOther ? now! : server);
            found += isOther ? 1 : 0;
            // An equal one takes its place in silence: from then on it is the same object everywhere.
            if (isOther && now != server)
            {
                names.Add(server.Name);
            }
        }

        // One that is not in force yields to the file: whether it still does is for whoever judges all.
        return found == replaced.Count ? new(inForce with { VirtualServers = [.. servers] }, names) : null;
    }
}
