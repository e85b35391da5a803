// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>Who is told of transitions: programs, as keepalived tells them, and webhooks.</summary>
[Collection(VipCollection.Name)]
public sealed class HookTests(VipLab lab)
{
    private const string Addresses = VipLab.Vip + "/24";
    private const int WebhookPort = 9093;

    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    [Trait("Scenario", "CFG-16")]
    [Trait("Scenario", "FI-02")]
    public async Task Programs_OfAKeepalivedConf_AreToldAsKeepalivedTellsThem()
    {
        string[] expected =
        [
            "nobody INSTANCE web BACKUP 150",
            "nobody INSTANCE web MASTER 150",
            "nobody web became master",
            "nobody INSTANCE web FAULT 150",
            "nobody INSTANCE web BACKUP 150",
            "nobody INSTANCE web MASTER 150",
            "nobody web became master",
            "nobody INSTANCE web STOP 150",
        ];
        await using Scene scene = lab.Open();
        // keepalived first: what it does is the measure. It does not wait for one program before it starts the next.
        (string log, string configuration) = await ScriptedAsync(scene, "theirs", pause: "");
        KeepalivedNode theirs = new(lab.Network, First, "-hooks");
        await theirs.ConfigureAsync(configuration, VipLab.Cancellation);
        await theirs.StartAsync(VipLab.Cancellation);
        await using (LabProcess process = theirs.Process!)
        {
            await GoThroughAsync(scene, log, process.Terminate);
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), (await System.IO.File.ReadAllLinesAsync(log, VipLab.Cancellation)).Order(StringComparer.Ordinal));

        (log, configuration) = await ScriptedAsync(scene, "ours", pause: "[ \"$3\" != BACKUP ] || sleep 0.3\n");
        await scene.StartAsync(First, configuration, "keepalived.conf");
        await GoThroughAsync(scene, log, scene[First].Terminate);
        Assert.Equal(expected, await System.IO.File.ReadAllLinesAsync(log, VipLab.Cancellation));
    }

    [Fact]
    public async Task Programs_ThatOthersMayChange_AreNotRunByRoot()
    {
        await using Scene scene = lab.Open();
        string mark = Path.Combine(scene.DirectoryOf(First), "was-run");
        string program = await scene.ScriptAsync(First, "changeable", $"touch {mark}\n");
        System.IO.File.SetUnixFileMode(program, (UnixFileMode)0x1FF); // 0777
        await scene.StartAsync(First, File(Instance("web", 150, Addresses, more: $"""
                track: (scripts: [(name: looked, weight: 10)])
                notify:
                  - (command: [{program}], user: root)

            """.Replace('(', '{').Replace(')', '}'))) + $"scripts:\n  looked: {{ command: [{program}], user: root, interval: 100ms }}\n");
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        string told = await scene[First].WaitForLineAsync("\"EventId\":12401", Patience, VipLab.Cancellation);
        Assert.Contains($"{program} can be changed by others than root", told, StringComparison.Ordinal);
        JsonNode looked = (await scene.StatusAsync(First))["tracked"]!.AsArray().Single(static t => (string)t!["name"]! == "looked")!;
        Assert.Equal("Down", (string)looked["state"]!);
        Assert.Contains("can be changed by others than root", (string)looked["detail"]!, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(mark));
    }

    [Fact]
    public async Task Webhooks_ThatDoNotAnswer_DelayNoFailoverAndAreToldInOrder()
    {
        await using Scene scene = lab.Open();
        await using WebhookServer server = new(Second.Namespace, WebhookPort);
        // One that does not answer, one that is not there at all, and one that does as it should.
        string hooks = $"    notify:\n      - {{ webhook: \"http://127.0.0.1:1/away\" }}\n      - {{ webhook: \"http://127.0.0.1:{WebhookPort}/vip?of=web\", timeout: 60s }}\n      - {{ webhook: \"http://127.0.0.1:{WebhookPort}{WebhookServer.AtOnce}\" }}\n";
        await scene.StartAsync(First, File(Instance("web", 150, Addresses)));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.StartAsync(Second, File(Instance("web", 100, Addresses, more: hooks)));
        await EventuallyAsync("the webhook is called", () => Task.FromResult(server.Told("/vip").Count > 0));
        scene[First].Terminate();
        await scene.WaitForHoldersAsync(VipLab.Vip, Second);
        // Who answers has been told everything, who does not must not be told the next before he has answered.
        await EventuallyAsync("the webhook that answers is told all", () => Task.FromResult(server.Told(WebhookServer.AtOnce).Count > 1));
        Assert.Equal(["BACKUP", "MASTER"], server.Told(WebhookServer.AtOnce).Select(static t => (string)t.Message["state"]!));
        Assert.Equal(["BACKUP"], server.Told("/vip").Select(static t => (string)t.Message["state"]!));
        server.Answer();
        await EventuallyAsync("the webhook is told the rest", () => Task.FromResult(server.Told("/vip").Count > 1));
        (string line, JsonNode master) = server.Told("/vip")[1];
        Assert.Equal("POST /vip?of=web HTTP/1.1", line);
        Assert.Equal(
            ("INSTANCE", "web", "MASTER", "BACKUP", 100, "the master said farewell", Second.Name),
            ((string)master["kind"]!, (string)master["name"]!, (string)master["state"]!, (string)master["previous"]!, (int)master["priority"]!, (string)master["reason"]!, (string)master["node"]!));
        // It would wait a little for the one that is not there.
        scene[Second].Kill();
    }

    private async Task<(string Log, string Configuration)> ScriptedAsync(Scene scene, string name, string pause)
    {
        string log = Path.Combine(scene.DirectoryOf(First), name + ".log");
        await System.IO.File.WriteAllTextAsync(log, "", VipLab.Cancellation);
        System.IO.File.SetUnixFileMode(log, (UnixFileMode)0x1B6); // 0666
        string program = await scene.ScriptAsync(First, name, $"{pause}echo $(id -un) $* >> {log}\n");
        return (log, $$"""
            global_defs {
              script_user nobody
              enable_script_security
              vrrp_garp_master_delay 1
            }
            vrrp_instance web {
              interface eth0
              version 3
              virtual_router_id 51
              priority 150
              advert_int 0.1
              virtual_ipaddress {
                {{Addresses}}
              }
              notify {{program}}
              notify_master "{{program}} web became master"
            }

            """);
    }

    // Master, without a link, master again, and gone.
    private async Task GoThroughAsync(Scene scene, string log, Action end)
    {
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await LinesAsync(log, 3);
        await lab.Network.CutLinkAsync(First, Segment.Service, CutKind.Carrier, VipLab.Cancellation);
        await scene.WaitForHoldersAsync(VipLab.Vip);
        await LinesAsync(log, 4);
        await lab.Network.HealLinkAsync(First, Segment.Service, VipLab.Cancellation);
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await LinesAsync(log, 7);
        end();
        await LinesAsync(log, 8);
        await scene.WaitForHoldersAsync(VipLab.Vip);
    }

    private static Task LinesAsync(string log, int count) => EventuallyAsync(
        $"the program was run {count} times", async () => (await System.IO.File.ReadAllLinesAsync(log, VipLab.Cancellation)).Length >= count);
}
