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

    /// <summary>
    /// For one that is to read its file anew: when it has, keepalived 2.2.7 has its limit of 10 ms again whatever the file says, and
    /// the kernel kills it, unless it has no real-time priority. Such a one wants intervals of a second.
    /// </summary>
    public const string ReloadableHead = "global_defs {\n  vrrp_garp_master_delay 1\n}\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(10);

    /// <summary>Two questions of the kernel, a second apart.</summary>
    private static readonly TimeSpan NeighbourFound = TimeSpan.FromSeconds(2);

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
            Assert.True(adverts.All(a => a.Host == host.Name), $"{router}: more than {host} advertises: {Voices(router, adverts).Told}\n{LastWords()}");
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
    /// Fails unless the routers were advertised by exactly these hosts one after the other since a position. Nobody spoke up
    /// once its successor had, but for the one advert within an interval that was due before it had read the successor's: whoever
    /// gives up many routers at once does so one by one. What a host sent after its link was cut, at a later position, nobody has heard.
    /// </summary>
    public void AssertVoices(int from, IReadOnlyList<LabHost> voices, IReadOnlyList<VirtualRouter> routers, (LabHost Host, int At)? cut = null)
    {
        string expected = string.Join(' ', voices.Select(static v => v.Name));
        foreach (VirtualRouter router in routers)
        {
            IReadOnlyList<AdvertFrame> adverts = [.. Tape.Adverts(router.Id, router.IsIPv6, from).Where(a => a.Number < (cut?.At ?? int.MaxValue) || a.Host != cut!.Value.Host.Name)];
            (string found, string told) = Voices(router, adverts);
            Assert.True(found == expected, $"{router}: advertised by {told} since {from}, should have been by {expected}");
        }
    }

    /// <summary>
    /// Fails unless of two masters beside each other, which hear each other from a position on, the worse never spoke up after the
    /// better was heard, but for the one advert within an interval that was due before it had read the better's. What it sent to
    /// a neighbour that could not be found while the link was cut leaves its kernel at once when it is: a stale burst, not a voice.
    /// </summary>
    public void AssertYielded(int from, LabHost better, LabHost worse, IReadOnlyList<VirtualRouter> routers)
    {
        foreach (VirtualRouter router in routers)
        {
            IReadOnlyList<AdvertFrame> adverts = Tape.Adverts(router.Id, router.IsIPv6, from);
            AdvertFrame heard = adverts.First(a => a.Host == better.Name && a.Priority > 0);
            AdvertFrame[] late = [.. adverts.Where(a => a.Number > heard.Number && a.Host != better.Name)];
            bool underWay = late.Length == 0 || (late.Length == 1 && (late[0].At - heard.At).TotalMilliseconds < router.Interval);
            bool stale = router.IsUnicast && late.Length > 0 && late[^1].At - late[0].At < Burst && late[^1].At - heard.At < NeighbourFound;
            Assert.True(
                (underWay || stale) && late.All(a => a.Host == worse.Name),
                $"{router}: {worse} goes on after {better} was heard: {Voices(router, adverts).Told} since {from}");
        }
    }

    private string LastWords() => string.Join('\n', _nodes.Select(static n => $"{n.Host} said last:\n{n.Process?.Output.Tail(12)}"));

    /// <summary>Who advertised in which order, farewells aside, and the same with how often and when.</summary>
    private static (string Order, string Told) Voices(VirtualRouter router, IReadOnlyList<AdvertFrame> adverts)
    {
        List<string> order = [];
        List<(string Host, int Count, TimeSpan First)> told = [];
        bool crossed = false;
        TimeSpan change = default;
        foreach (AdvertFrame advert in adverts.Where(static a => a.Priority > 0))
        {
            if (told.Count > 0 && told[^1].Host == advert.Host)
                told[^1] = told[^1] with { Count = told[^1].Count + 1 };
            else
                told.Add((advert.Host, 1, advert.At));
            if (order.Count > 0 && order[^1] == advert.Host)
                continue;
            if (!crossed && order.Count > 1 && order[^2] == advert.Host && (advert.At - change).TotalMilliseconds < router.Interval)
            {
                crossed = true;
                continue;
            }

            order.Add(advert.Host);
            (crossed, change) = (false, advert.At);
        }

        return (
            string.Join(' ', order),
            string.Join(", ", told.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Host} {v.Count} times from {(v.First - told[0].First).TotalMilliseconds:0} ms"))));
    }

    /// <summary>How often vipd has become master of each router since it started.</summary>
    public static async Task<IReadOnlyDictionary<VirtualRouter, int>> BecameMasterAsync(VipdNode node, IReadOnlyList<VirtualRouter> routers)
    {
        JsonArray rows = (await node.StatusAsync(VrrpWorld.Cancellation))!["instances"]!.AsArray();
        return routers.ToDictionary(static r => r, r => (int)rows.First(i => (string?)i!["name"] == r.Name)!["counters"]!["becameMaster"]!);
    }

    /// <summary>Fails unless vipd has become master of these routers so often since the counts were taken.</summary>
    public static async Task AssertBecameMasterAsync(VipdNode node, IReadOnlyDictionary<VirtualRouter, int> since, int times, IReadOnlyList<VirtualRouter> routers)
    {
        IReadOnlyDictionary<VirtualRouter, int> now = await BecameMasterAsync(node, routers);
        Assert.All(routers, r => Assert.Equal((r, times), (r, now[r] - since.GetValueOrDefault(r))));
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
