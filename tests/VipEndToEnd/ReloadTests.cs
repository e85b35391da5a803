// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Probes;
using LoadBalancer.Lab.Processes;
using LoadBalancer.Lab.Vip;
using static LoadBalancer.VipEndToEnd.Scene;

namespace LoadBalancer.VipEndToEnd;

/// <summary>A keepalived.conf that changes while a client asks.</summary>
[Collection(VipCollection.Name)]
public sealed class ReloadTests(VipLab lab)
{
    private LabHost First => lab.Nodes[0];

    private LabHost Second => lab.Nodes[1];

    [Fact]
    [Trait("Scenario", "CFG-05")]
    [Trait("Scenario", "CFG-06")]
    [Trait("Scenario", "CFG-08")]
    [Trait("Scenario", "CFG-09")]
    [Trait("Scenario", "CFG-16")]
    public async Task KeepalivedConf_Changes_WhatIsUntouchedLosesNothing()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        await Task.WhenAll(
            scene.StartAsync(First, Configuration(150, ["192.0.2.101/24"]), "keepalived.conf"),
            scene.StartAsync(Second, Configuration(100, ["192.0.2.101/24"]), "keepalived.conf"));
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        await scene.WaitForHoldersAsync("192.0.2.101", First);
        await EventuallyAsync("the second follows", async () => (string)(await scene.RowAsync(Second, "web"))["master"]! == First.ServiceAddress.ToString());
        DateTimeOffset since = await SinceAsync(scene);
        int from = tape.Position;
        await using GapProbe probe = scene.Probe();
        await probe.WaitForAnswersAsync(200, Patience, VipLab.Cancellation);

        // Another of its group gets an address, and loses one.
        await scene.ReloadAsync(First, Configuration(150, ["192.0.2.101/24", "192.0.2.102/24"]));
        await scene.WaitForHoldersAsync("192.0.2.102", First);
        await scene.ReloadAsync(First, Configuration(150, ["192.0.2.102/24"]));
        await scene.WaitForHoldersAsync("192.0.2.101");
        // One more is there, which nobody but the file says; it advertises at another pace, and is gone.
        await scene.WriteAsync(First, Configuration(150, ["192.0.2.102/24"], More("0.1")));
        await scene.WaitForHoldersAsync("192.0.2.103", First);
        int changed = tape.Position;
        await scene.ReloadAsync(First, Configuration(150, ["192.0.2.102/24"], More("0.2")));
        await EventuallyAsync("it advertises at another pace", () => Task.FromResult(tape.Adverts(53, ipv6: false, changed).Any(static a => a.Interval == 20)));
        Assert.All(tape.Adverts(53, ipv6: false, changed), static a => Assert.NotEqual(0, a.Priority));
        await scene.ReloadAsync(First, Configuration(150, ["192.0.2.102/24"]));
        await scene.WaitForHoldersAsync("192.0.2.103");
        Assert.Contains(tape.Adverts(53, ipv6: false, changed), static a => a.Priority == 0);

        GapReport report = await probe.StopAsync(VipLab.Cancellation);
        TestContext.Current.SendDiagnosticMessage($"keepalived.conf changed: {report}");
        Assert.Equal(0, report.Lost);
        Assert.Equal(since, await SinceAsync(scene), TimeSpan.FromSeconds(1));
        foreach (int id in (int[])[51, 52])
        {
            Assert.All(tape.Adverts(id, ipv6: false, from), a => Assert.Equal((First.Name, 150), (a.Host, a.Priority)));
        }
    }

    [Fact]
    [Trait("Scenario", "CFG-17")]
    public async Task KeepalivedConf_IsBroken_ItsLineIsToldAndTheOldOneGoesOn()
    {
        using SegmentTape tape = await SegmentTape.StartAsync(lab.Network, VipLab.Cancellation);
        await using Scene scene = lab.Open();
        string whole = Configuration(150, ["192.0.2.101/24"]);
        await scene.StartAsync(First, whole, "keepalived.conf");
        await scene.WaitForHoldersAsync(VipLab.Vip, First);
        string broken = whole.Replace("virtual_router_id 52", "virtual_router_id 352", StringComparison.Ordinal);
        int line = broken.Split('\n').TakeWhile(static l => !l.Contains("352", StringComparison.Ordinal)).Count() + 1;
        string where = string.Create(CultureInfo.InvariantCulture, $"{scene.ConfigurationOf(First)}:{line}");
        await scene.ReloadAsync(First, broken);
        Assert.Contains(where, await scene[First].WaitForLineAsync("\"EventId\":12031", Patience, VipLab.Cancellation), StringComparison.Ordinal);
        Assert.Contains(where, (string)(await scene.StatusAsync(First))["configuration"]!["refused"]![0]!, StringComparison.Ordinal);
        CommandFailedException refused = await Assert.ThrowsAsync<CommandFailedException>(() => CheckAsync(scene));
        Assert.Contains(where, refused.Message, StringComparison.Ordinal);
        int from = tape.Position;
        await EventuallyAsync("both go on", () => Task.FromResult(((int[])[51, 52]).All(id => tape.Adverts(id, ipv6: false, from).Count(static a => a.Priority == 150) >= 3)));
        await scene.ReloadAsync(First, whole);
        await EventuallyAsync("nothing is refused", async () => (await scene.StatusAsync(First))["configuration"]!["refused"]!.AsArray().Count == 0);
        _ = await CheckAsync(scene);
    }

    private Task<string> CheckAsync(Scene scene) =>
        LabNetwork.RunAsync(First.Namespace, Testing.Checkout.Program("vipd"), ["check", scene.ConfigurationOf(First)], null, VipLab.Cancellation);

    private async Task<DateTimeOffset> SinceAsync(Scene scene)
    {
        JsonNode row = await scene.RowAsync(First, "web");
        return DateTimeOffset.Parse((string)row["lastTransition"]!["at"]!, CultureInfo.InvariantCulture);
    }

    private static string More(string interval) => $$"""
        vrrp_instance more {
          interface eth0
          version 3
          virtual_router_id 53
          priority 150
          advert_int {{interval}}
          virtual_ipaddress {
            192.0.2.103/24
          }
        }

        """;

    private static string Configuration(int priority, IReadOnlyList<string> mail, string more = "") => $$"""
        global_defs {
          script_user root
          enable_script_security
        }
        vrrp_script healthy {
          script "/bin/true"
          interval 1
        }
        vrrp_sync_group pair {
          group {
            web
            mail
          }
        }
        vrrp_instance web {
          interface eth0
          version 3
          virtual_router_id 51
          priority {{priority}}
          advert_int 0.1
          virtual_ipaddress {
            {{VipLab.Vip}}/24
          }
          track_script {
            healthy
          }
        }
        vrrp_instance mail {
          interface eth0
          version 3
          virtual_router_id 52
          priority {{priority}}
          advert_int 0.1
          virtual_ipaddress {
            {{string.Join("\n    ", mail)}}
          }
        }
        {{more}}
        """;
}
