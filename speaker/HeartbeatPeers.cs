// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker;

/// <summary>Whom heartbeats are sent to by unicast as well, for segments that filter multicast.</summary>
/// <param name="Addresses">Addresses given.</param>
/// <param name="OfNodes">Whether the InternalIPs of all Nodes are meant too.</param>
internal sealed record HeartbeatPeers(IReadOnlyList<IpAddr> Addresses, bool OfNodes)
{
    private const string Nodes = "nodes";

    public static HeartbeatPeers Parse(string text)
    {
        List<IpAddr> addresses = [];
        bool ofNodes = false;
        foreach (string entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry == Nodes)
            {
                ofNodes = true;
            }
            else if (IpAddr.TryParse(entry, out IpAddr address) && !address.IsMulticast && !address.IsUnspecified)
            {
                addresses.Add(address);
            }
            else
            {
                throw new SpeakerStartException(
                    $"--heartbeat-peers: '{entry}' is no address of a speaker; give addresses separated by commas, such as 192.0.2.11,192.0.2.12, or the word nodes for the InternalIPs of all Nodes");
            }
        }

        return new([.. addresses.Distinct()], ofNodes);
    }
}
