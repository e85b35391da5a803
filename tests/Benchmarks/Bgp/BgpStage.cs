// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;

namespace LoadBalancer.Benchmarks.Bgp;

/// <summary>
/// The lab of the BGP measurements: routers and announcers in hosts of their own on one segment, and the benchmark itself in
/// the client, from where it relays sessions under an address that no router has seen before: none holds a grudge.
/// </summary>
internal sealed class BgpStage : IAsyncDisposable
{
    internal const int FirstPeer = 128;
    internal const int PeerAddresses = 126;

    private int _peer;
    private int _number;

    private BgpStage(LabNetwork network) => Network = network;

    /// <summary>From where routers are fed before they announce.</summary>
    internal static IPAddress FeederAddress { get; } = IPAddress.Parse("192.0.2.2");

    /// <summary>The identifier of a sink: a router withholds routes from whoever has that of their source.</summary>
    internal static IPAddress SinkIdentifier { get; } = IPAddress.Parse("192.0.2.1");

    internal LabNetwork Network { get; }

    /// <summary>Where announcers run, one at a time.</summary>
    internal LabHost AnnouncerHost => Network.Nodes[0];

    /// <summary>Where raw octets come from, beside another announcer.</summary>
    internal LabHost RawHost => Network.Nodes[^1];

    internal LabNamespace Here => Network.Client.Namespace;

    internal static async Task<BgpStage> StartAsync(int hosts, CancellationToken cancellation)
    {
        var stage = new BgpStage(await LabNetwork.StartAsync(new LabTopology { Nodes = hosts }, cancellation));
        try
        {
            var addresses = new StringBuilder();
            for (var i = 0; i < PeerAddresses; i++)
                addresses.Append(CultureInfo.InvariantCulture, $"address add 192.0.2.{FirstPeer + i}/24 dev eth0\n");
            await Command.RunAsync("ip", ["-n", stage.Here.Name, "-batch", "-"], addresses.ToString(), cancellation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>An address of the client that was not used for long.</summary>
    internal IPAddress NextPeer() => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"192.0.2.{FirstPeer + (_peer++ % PeerAddresses)}"));

    internal string NextNumber() => (++_number).ToString(CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => Network.DisposeAsync();
}
