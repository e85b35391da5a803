// SPDX-License-Identifier: Apache-2.0
using System.Net;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Workloads;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>Connections to a virtual address reach servers on other hosts, and those alone that work.</summary>
[Collection(VipCollection.Name)]
public sealed class ForwardingTests(ForwardingScene forwarding) : IClassFixture<ForwardingScene>
{
    private const string Masquerade = "method: masquerade, scheduler: roundRobin";

    private LabHost One => forwarding.Servers[0];

    private LabHost Other => forwarding.Servers[1];

    [Fact]
    public async Task Server_DiesAndComesBack_NoRequestFailsOnceItIsKnown()
    {
        await forwarding.ApplyAsync(forwarding.Http(Masquerade));
        await ServedByAsync(One, Other);
        await forwarding.KillServerAsync(One);
        await forwarding.WaitForAsync(One, isUp: false);
        await ServedByAsync(Other);
        await forwarding.StartServerAsync(One);
        await forwarding.WaitForAsync(One, isUp: true);
        await ServedByAsync(One, Other);
    }

    [Fact]
    public async Task Server_TakenOutOfTheFile_KeepsItsConnectionsAndGetsNoMore()
    {
        await forwarding.ApplyAsync(forwarding.Http(Masquerade));
        using PlainHttp first = await ConnectAsync();
        using PlainHttp second = await ConnectAsync();
        string[] servers = [(await first.AskAsync()).Node, (await second.AskAsync()).Node];
        Assert.Equal([One.Name, Other.Name], servers.Order(StringComparer.Ordinal));
        await forwarding.ApplyAsync(forwarding.Http(Masquerade, Other));
        await ServedByAsync(Other);
        Assert.Equal(servers, (string[])[(await first.AskAsync()).Node, (await second.AskAsync()).Node]);
    }

    [Fact]
    public async Task Servers_AllDead_SorryServerAnswersUntilOneIsBack()
    {
        await forwarding.ApplyAsync(forwarding.Http(Masquerade));
        await Task.WhenAll(forwarding.Servers.Select(forwarding.KillServerAsync));
        await EventuallyAsync("the sorry server is used", async () => (bool)(await forwarding.VirtualServerAsync())["usesSorryServer"]!);
        await ServedByAsync(forwarding.Sorry);
        await Task.WhenAll(forwarding.Servers.Select(forwarding.StartServerAsync));
        await forwarding.WaitForAsync(One, isUp: true);
        await forwarding.WaitForAsync(Other, isUp: true);
        await ServedByAsync(One, Other);
    }

    [Theory]
    [InlineData("masquerade", "203.0.113.11")]
    [InlineData("nat", "192.0.2.2")]
    public async Task Method_SaysWhomServersSee(string method, string seen)
    {
        await forwarding.ApplyAsync(forwarding.Http($"method: {method}, scheduler: roundRobin"));
        using PlainHttp connection = await ConnectAsync();
        Assert.Equal(seen, (await connection.AskAsync()).Seen);
        await ServedByAsync(One, Other);
    }

    [Fact]
    public async Task ConsistentHash_ServerLeaves_OtherClientsStayWithTheirs()
    {
        IPAddress[] clients = [.. Enumerable.Range(200, 24).Select(static i => new IPAddress([192, 0, 2, (byte)i]))];
        await ClientsAsync(clients, "add");
        try
        {
            await forwarding.ApplyAsync(forwarding.Http("method: masquerade, scheduler: consistentHash"));
            string[] before = await ServersOfAsync(clients);
            Assert.Equal([One.Name, Other.Name], before.Distinct().Order(StringComparer.Ordinal));
            Assert.Equal(before, await ServersOfAsync(clients));
            await forwarding.KillServerAsync(One);
            await forwarding.WaitForAsync(One, isUp: false);
            Assert.Equal([Other.Name], (await ServersOfAsync(clients)).Distinct());
            await forwarding.StartServerAsync(One);
            await forwarding.WaitForAsync(One, isUp: true);
            Assert.Equal(before, await ServersOfAsync(clients));
        }
        finally
        {
            await ClientsAsync(clients, "del");
        }
    }

    [Fact]
    public async Task Udp_ServerOfAFlowDies_TheFlowFindsTheOther()
    {
        await forwarding.ApplyAsync(forwarding.Udp());
        await using GapProbe probe = GapProbe.Start(forwarding.Client.Namespace, new IPEndPoint(IPAddress.Parse(VipLab.Vip), ForwardingScene.UdpPort));
        await probe.WaitForAnswersAsync(50, Patience, VipLab.Cancellation);
        LabHost server = forwarding.Servers.Single(s => s.Name == probe.LastAnswerer);
        forwarding.StopEcho(server);
        await forwarding.WaitForAsync(server, isUp: false);
        string next = await probe.WaitForOtherAsync(server.Name, Patience, VipLab.Cancellation);
        Assert.Contains(forwarding.Servers, s => s.Name == next);
        probe.Restart();
        await probe.WaitForAnswersAsync(50, Patience, VipLab.Cancellation);
        GapReport report = await probe.StopAsync(VipLab.Cancellation);
        Assert.Equal(0, report.Lost);
        forwarding.StartEcho(server);
        await forwarding.WaitForAsync(server, isUp: true);
    }

    private Task<PlainHttp> ConnectAsync(IPAddress? from = null) => PlainHttp.ConnectAsync(forwarding.Client.Namespace, ForwardingScene.Web, from);

    // Requests at will, over a connection each: these answer, and none fails.
    private async Task ServedByAsync(params IReadOnlyList<LabHost> servers)
    {
        await using HttpLoad load = HttpLoad.Start(forwarding.Client.Namespace, ForwardingScene.Web, NginxBackend.HostNames[0], parallel: 2);
        await load.WaitForRequestsAsync(60, Patience, VipLab.Cancellation);
        HttpLoadReport report = await load.StopAsync();
        Assert.True(report.Failed + report.Repeated == 0, $"{report}: {string.Join("; ", report.Failures)}");
        Assert.Equal(servers.Select(static s => s.Name), report.Answerers.Keys.Order(StringComparer.Ordinal));
    }

    private Task<string> ClientsAsync(IEnumerable<IPAddress> clients, string verb) => LabNetwork.RunAsync(
        forwarding.Client.Namespace, "ip", ["-batch", "-"], string.Concat(clients.Select(c => $"address {verb} {c}/24 dev eth0\n")), VipLab.Cancellation);

    private async Task<string[]> ServersOfAsync(IEnumerable<IPAddress> clients)
    {
        List<string> servers = [];
        foreach (IPAddress client in clients)
        {
            using PlainHttp connection = await ConnectAsync(client);
            servers.Add((await connection.AskAsync()).Node);
        }

        return [.. servers];
    }
}
