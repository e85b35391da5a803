// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Interop;

/// <summary>
/// A client beyond the router: HTTP requests, each of a connection of its own, spread over the nodes; and for each address a
/// flow of UDP that goes by one certain node. The Service is of policy Local, so that who answers is who was taken.
/// </summary>
public sealed class Crossing : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly List<GapProbe> _probes = [];
    private readonly List<HttpLoad> _loads = [];

    /// <summary>Starts both for each prefix; returns when a flow of each goes by the node.</summary>
    public static async Task<Crossing> StartAsync(BgpWorld world, LabHost by, params IReadOnlyList<string> prefixes)
    {
        Crossing crossing = new();
        try
        {
            foreach (string prefix in prefixes)
            {
                IPAddress address = IPAddress.Parse(prefix[..prefix.IndexOf('/', StringComparison.Ordinal)]);
                crossing._probes.Add(await GapProbe.StartByAsync(world.Network.Remote!, new IPEndPoint(address, BgpWorld.EchoPort), by.Name, Patience, BgpWorld.Cancellation));
                crossing._loads.Add(HttpLoad.Start(world.Network.Remote!, new IPEndPoint(address, 80), NginxBackend.HostNames[0]));
            }

            foreach (HttpLoad load in crossing._loads)
                await load.WaitForRequestsAsync(10, Patience, BgpWorld.Cancellation);
            return crossing;
        }
        catch
        {
            await crossing.DisposeAsync();
            throw;
        }
    }

    /// <summary>Forgets what was so far.</summary>
    public void Restart() => _probes.ForEach(static p => p.Restart());

    /// <summary>The longest silence of a flow so far.</summary>
    public TimeSpan LongestSilence => _probes.Max(static p => p.Report().LongestSilence);

    /// <summary>Returns when each flow was answered by another node than the one it began with.</summary>
    public async Task UntilElsewhereAsync(LabHost node)
    {
        foreach (GapProbe probe in _probes)
            await probe.WaitForOtherAsync(node.Name, Patience, BgpWorld.Cancellation);
    }

    /// <summary>Ends it; in words.</summary>
    public async Task<(int Lost, int Failed, string Words)> EndAsync()
    {
        // Some more, so that what the last change did is seen.
        foreach (HttpLoad load in _loads)
            await load.WaitForRequestsAsync(load.Report().Requests + 20, Patience, BgpWorld.Cancellation);
        int lost = 0;
        int failed = 0;
        List<string> words = [];
        foreach (GapProbe probe in _probes)
        {
            GapReport report = await probe.StopAsync(Patience, BgpWorld.Cancellation);
            lost += report.Lost;
            words.Add($"UDP {report}");
        }

        foreach (HttpLoad load in _loads)
        {
            HttpLoadReport report = await load.StopAsync();
            failed += report.Failed;
            words.Add($"HTTP {report} {string.Join(", ", report.Failures)}");
        }

        return (lost, failed, string.Join("; ", words));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (GapProbe probe in _probes)
            await probe.DisposeAsync();
        foreach (HttpLoad load in _loads)
            await load.DisposeAsync();
    }
}
