// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Vip;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>What one test runs on the segment. Daemons end, links are whole and hosts bare again when it is disposed.</summary>
public sealed class VrrpScene(VrrpWorld world, string suffix) : IAsyncDisposable
{
    public const string YamlHead = "version: 1\nglobal: { realtimePriority: 20 }\ninstances:\n";
    // Without the limit keepalived's own is 10 ms of processor time, over which the kernel kills it.
    public const string KeepalivedHead = "global_defs {\n  vrrp_rt_priority 20\n  vrrp_rlimit_rttime 10000000\n  vrrp_garp_master_delay 1\n}\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly List<IVipNode> _nodes = [];
    private readonly List<IAsyncDisposable> _owned = [];

    public LabNetwork Network => world.Network;

    public SegmentTape Tape => world.Tape;

    public LabHost First => world.Network.Nodes[0];

    public LabHost Second => world.Network.Nodes[1];

    public LabHost Third => world.Network.Nodes[2];

    public VipdNode Vipd(LabHost host) => Add(new VipdNode(world.Network, host, suffix));

    public KeepalivedNode Keepalived(LabHost host) => Add(new KeepalivedNode(world.Network, host, suffix));

    internal FrrVrrp Frr(LabHost host)
    {
        FrrVrrp frr = Add(new FrrVrrp(world.Network, host, suffix));
        _owned.Add(frr);
        return frr;
    }

    /// <summary>Starts vipd on a host with these instances, as <see cref="VirtualRouter.ToYaml"/> makes them.</summary>
    public async Task<VipdNode> VipdAsync(LabHost host, params IReadOnlyList<string> instances)
    {
        VipdNode node = Vipd(host);
        await node.ConfigureAsync(YamlHead + string.Concat(instances), VrrpWorld.Cancellation);
        await node.StartAsync(VrrpWorld.Cancellation);
        return node;
    }

    /// <summary>Starts keepalived on a host with these blocks.</summary>
    public async Task<KeepalivedNode> KeepalivedAsync(LabHost host, params IReadOnlyList<string> blocks)
    {
        KeepalivedNode node = Keepalived(host);
        await node.ConfigureAsync(KeepalivedHead + string.Concat(blocks), VrrpWorld.Cancellation);
        await node.StartAsync(VrrpWorld.Cancellation);
        return node;
    }

    /// <summary>Waits until every virtual router has exactly its node as master, by what all running nodes say of themselves.</summary>
    public Task WaitForMastersAsync(Func<VirtualRouter, IVipNode> master, params IReadOnlyList<VirtualRouter> routers) => UntilAsync("every virtual router has its master", async () =>
    {
        List<string> wrong = [];
        foreach (IVipNode node in _nodes.Where(static n => n.Process is { IsRunning: true }))
        {
            IReadOnlyDictionary<string, string> states = await node.StatesAsync(VrrpWorld.Cancellation);
            IReadOnlyList<string> addresses = node is FrrVrrp ? [] : await AddressesAsync(node.Host);
            foreach (VirtualRouter router in routers)
            {
                bool wanted = master(router) == node;
                string state = states.GetValueOrDefault(router.Name, "unknown");
                if (state != (wanted ? "master" : "backup"))
                    wrong.Add($"{router} is {state} on {node.Host}");
                else if (node is not FrrVrrp && addresses.Contains(router.Address.ToString()) != wanted)
                    wrong.Add($"{router.Address} of {router} is {(wanted ? "not " : "")}on {node.Host}");
            }
        }

        return wrong.Count == 0 ? null : string.Join("\n", wrong);
    });

    /// <summary>Waits until a node says that it is master, whatever others say.</summary>
    public static Task WaitForMasterAsync(IVipNode node, params IReadOnlyList<VirtualRouter> routers) => UntilAsync($"{node.Host} is master of {string.Join(", ", routers)}", async () =>
    {
        IReadOnlyDictionary<string, string> states = await node.StatesAsync(VrrpWorld.Cancellation);
        return routers.FirstOrDefault(r => states.GetValueOrDefault(r.Name) != "master") is { } not ? $"{not} is {states.GetValueOrDefault(not.Name, "unknown")}" : null;
    });

    /// <summary>Ends a node in this way; a process has gone when it returns.</summary>
    public async Task EndAsync(IVipNode node, Ending ending)
    {
        if (ending == Ending.Cut)
        {
            await Network.CutLinkAsync(node.Host, Segment.Service, CutKind.Silent, VrrpWorld.Cancellation);
            return;
        }

        if (ending == Ending.Terminated)
            node.Process!.Terminate();
        else
            node.Process!.Kill();
        await node.Process.WaitForExitAsync(VrrpWorld.Cancellation);
    }

    /// <summary>Undoes the ending of a node.</summary>
    public Task ReturnAsync(IVipNode node, Ending ending) => ending == Ending.Cut
        ? Network.HealLinkAsync(node.Host, Segment.Service, VrrpWorld.Cancellation)
        : node.StartAsync(VrrpWorld.Cancellation);

    /// <summary>
    /// Fails unless, of each virtual router, this host alone advertises at rest, and it alone answers for the address, with the
    /// hardware address that it should have.
    /// </summary>
    public async Task AssertAtRestAsync(Func<VirtualRouter, IVipNode> master, params IReadOnlyList<VirtualRouter> routers)
    {
        // A daemon that got no processor for three intervals speaks up once; two masters would do so each time.
        for (int left = 2; ; left--)
        {
            try
            {
                await LookAtRestAsync(master, routers);
                return;
            }
            catch (Xunit.Sdk.XunitException) when (left > 0)
            {
                await WaitForMastersAsync(master, routers);
            }
        }
    }

    private async Task LookAtRestAsync(Func<VirtualRouter, IVipNode> master, IReadOnlyList<VirtualRouter> routers)
    {
        int from = Tape.Position;
        string pings = string.Join(" ", routers.Select(static r => $"( ip neigh flush to {r.Address}; ping -n -q -c 2 -i 0.2 -W 5 {r.Address} >/dev/null || echo {r} ) &"));
        string silent = await LabNetwork.RunAsync(Network.Client.Namespace, "sh", ["-c", pings + " wait"], null, VrrpWorld.Cancellation);
        Assert.Equal("", silent);
        await UntilAsync("every master was heard some times", () => Task.FromResult(
            routers.FirstOrDefault(r => Tape.Adverts(r.Id, r.IsIPv6, from).Count(a => a.Host == master(r).Host.Name) < (r.Version == 2 ? 2 : 5)) is { } unheard ? $"{unheard} was not" : null));
        foreach (VirtualRouter router in routers)
        {
            LabHost host = master(router).Host;
            IReadOnlyList<AdvertFrame> adverts = Tape.Adverts(router.Id, router.IsIPv6, from);
            Assert.True(adverts.All(a => a.Host == host.Name), $"{router}: more than {host} advertises: {Voices(adverts)}");
            int hopLimit = master(router) is KeepalivedNode && router is { IsIPv6: true, IsUnicast: true } ? 64 : 255;
            Assert.All(adverts, a => Assert.Equal((router.Version, hopLimit, router.Interval / 10, router.Password is not null), (a.Version, a.HopLimit, a.Interval, a.IsAuthenticated)));
            // Version 2 never has a pseudo-header, IPv6 always; keepalived 2.2 and FRR want one in the one case that is in doubt.
            Assert.All(adverts, a => Assert.Equal(router.Version != 2, a.HasPseudoHeader));
            IReadOnlyList<ClaimFrame> claims = Tape.Claims(router.Address, from);
            Assert.Contains(claims, static c => c.IsAnswer);
            string[] answers = [.. claims.Select(static c => $"{c.Host} {c.Mac}").Distinct()];
            Assert.Equal([$"{host.Name} {(router.HasVirtualMac ? router.VirtualMac : host.Mac(Segment.Service))}"], answers);
        }
    }

    /// <summary>
    /// Fails if two masters advertised beside each other for longer than one advert of each, since a position: their voices then
    /// change more often than once for each handover, and twice more where two adverts crossed, or where a busy
    /// machine kept one of them waiting.
    /// </summary>
    public void AssertHandovers(int from, int handovers, IReadOnlyList<VirtualRouter> routers, LabHost? cut = null)
    {
        foreach (VirtualRouter router in routers)
        {
            IReadOnlyList<AdvertFrame> adverts = [.. Tape.Adverts(router.Id, router.IsIPv6, from).Where(a => a.Host != cut?.Name)];
            string voices = Voices(adverts);
            Assert.True(voices.Count(static c => c == ' ') <= (3 * handovers) + 2, $"{router}: more than {handovers} handovers: {voices}");
        }
    }

    /// <summary>Who advertised how often, in order, farewells aside, as `node-1*12 node-2*7`.</summary>
    public static string Voices(IEnumerable<AdvertFrame> adverts)
    {
        List<(string Host, int Count)> voices = [];
        foreach (AdvertFrame advert in adverts.Where(static a => a.Priority > 0))
        {
            if (voices.Count > 0 && voices[^1].Host == advert.Host)
                voices[^1] = (advert.Host, voices[^1].Count + 1);
            else
                voices.Add((advert.Host, 1));
        }

        return string.Join(' ', voices.Select(static v => string.Create(CultureInfo.InvariantCulture, $"{v.Host}*{v.Count}")));
    }

    /// <summary>The row of an instance in the status of vipd.</summary>
    public static async Task<JsonNode?> RowAsync(VipdNode node, VirtualRouter router) =>
        (await node.StatusAsync(VrrpWorld.Cancellation))?["instances"]?.AsArray().FirstOrDefault(i => (string?)i!["name"] == router.Name);

    /// <summary>Waits until vipd says of a peer of an instance what holds these words.</summary>
    public static Task WaitForDisagreementAsync(VipdNode node, VirtualRouter router, LabHost peer, string words) => UntilAsync($"{node.Host} says of {peer}: {words}", async () =>
    {
        JsonNode? row = await RowAsync(node, router);
        return row?["peers"]?.AsArray().FirstOrDefault(p => (string?)p!["address"] == peer.ServiceAddress.ToString()) is { } found
            && found["disagreements"]!.AsArray().Any(d => ((string)d!).Contains(words, StringComparison.Ordinal)) ? null : row?.ToJsonString() ?? "no answer";
    });

    public static async Task<IReadOnlyList<string>> AddressesAsync(LabHost host) =>
        [.. JsonNode.Parse(await LabNetwork.RunAsync(host.Namespace, "ip", ["-j", "address"], null, VrrpWorld.Cancellation))!.AsArray()
            .SelectMany(static l => l!["addr_info"]!.AsArray()).Select(static a => (string)a!["local"]!)];

    /// <summary>Waits until a look finds nothing wrong; fails with what it found last.</summary>
    public static async Task UntilAsync(string what, Func<Task<string?>> look)
    {
        long began = Stopwatch.GetTimestamp();
        while (await look() is { } wrong)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"It did not come to be within {Patience.TotalSeconds:0} s that {what}:\n{wrong}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, VrrpWorld.Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Network.HealAllAsync();
        await Task.WhenAll(_nodes.Where(static n => n.Process is { IsRunning: true }).Select(static n => n.Process!.StopAsync()));
        foreach (IAsyncDisposable owned in _owned)
            await owned.DisposeAsync();
        foreach (LabHost host in Network.Nodes)
            await CleanAsync(host);
    }

    private TNode Add<TNode>(TNode node)
        where TNode : IVipNode
    {
        _nodes.Add(node);
        return node;
    }

    /// <summary>What killed daemons left: addresses of virtual routers, macvlans, and keepalived's table.</summary>
    private static async Task CleanAsync(LabHost host)
    {
        string[] own = [host.ServiceAddress.ToString(), host.ServiceAddress6.ToString()];
        List<string> commands = [];
        foreach (JsonNode? link in JsonNode.Parse(await LabNetwork.RunAsync(host.Namespace, "ip", ["-j", "-d", "address"]))!.AsArray())
        {
            string name = (string)link!["ifname"]!;
            if ((string?)link["linkinfo"]?["info_kind"] == "macvlan")
                commands.Add($"ip link del {name}");
            else if (name == "eth0")
                commands.AddRange(link["addr_info"]!.AsArray().Select(static a => $"{a!["local"]}/{a["prefixlen"]}").Where(a => !own.Contains(a.Split('/')[0]) && !a.Contains("ff:fe", StringComparison.Ordinal)).Select(static a => $"ip address del {a} dev eth0"));
        }

        await LabNetwork.RunAsync(host.Namespace, "sh", ["-c", string.Join("; ", [.. commands, "nft flush ruleset"])]);
    }
}
