// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.VipConfig.Tests;

public sealed class KeepalivedErrorTests
{
    [Theory]
    [InlineData("prioritty 5", ProblemKind.Error, "prioritty is no keyword of vrrp_instance, did you mean priority")]
    [InlineData("priority banana", ProblemKind.Error, "priority is \"banana\": use a whole number from 1 to 255")]
    [InlineData("priority 256", ProblemKind.Error, "priority is \"256\"")]
    [InlineData("priority", ProblemKind.Error, "priority has no value")]
    [InlineData("advert_int 1 priority 7", ProblemKind.Warning, "advert_int has \"priority\" after its value, which is no setting there: give it a line of its own")]
    [InlineData("priority 5\npriority 6", ProblemKind.Warning, "priority is there twice, first on line 5")]
    [InlineData("state SLAVE", ProblemKind.Error, "state is \"SLAVE\": use MASTER or BACKUP")]
    [InlineData("version 4", ProblemKind.Error, "version is \"4\"")]
    [InlineData("advert_int x", ProblemKind.Error, "advert_int is \"x\"")]
    [InlineData("advert_int 0.4", ProblemKind.Warning, "has advert_int 0.4, and version 2 counts in steps of 1s up to 255s: 1s is used")]
    [InlineData("advert_int 1000", ProblemKind.Error, "use a number from 0 to 255 of seconds")]
    [InlineData("virtual_ipaddress { 192.0.2.300 }", ProblemKind.Error, "192.0.2.300 is no address")]
    [InlineData("virtual_ipaddress { 192.0.2.7 devv eth0 }", ProblemKind.Error, "has \"devv\", which is no attribute of an address, did you mean dev")]
    [InlineData("virtual_ipaddress { 192.0.2.7 dev }", ProblemKind.Error, "has dev without a value")]
    [InlineData("virtual_ipaddress { 192.0.2.7 192.0.2.8 }", ProblemKind.Error, "has a second address 192.0.2.8 on its line")]
    [InlineData("virtual_ipaddress { 192.0.2.7 home }", ProblemKind.Ignored, "has home, which means nothing")]
    [InlineData("virtual_ipaddress", ProblemKind.Error, "virtual_ipaddress needs its lines between { and }")]
    [InlineData("virtual_ipaddress { 2001:db8::1/64 }", ProblemKind.Warning, "has addresses of both families")]
    [InlineData("virtual_ipaddress { 192.0.2.100/24 }", ProblemKind.Error, "is 192.0.2.100, which the instance has twice")]
    [InlineData("virtual_routes { via 192.0.2.1 }", ProblemKind.Error, "names no network")]
    [InlineData("virtual_routes { 198.51.100.0/24 via 192.0.2.1 rtt 5 }", ProblemKind.Ignored, "has rtt 5, which is not set on routes here")]
    [InlineData("virtual_routes { 198.51.100.0/24 via }", ProblemKind.Error, "ends with via, which needs a value")]
    [InlineData("virtual_routes { 198.51.100.0/24 }", ProblemKind.Error, "nobody knows where 198.51.100.0/24 is")]
    [InlineData("virtual_rules { from 198.51.100.0/24 }", ProblemKind.Error, "rules[0].table is missing")]
    [InlineData("virtual_rules { fromm 198.51.100.0/24 }", ProblemKind.Error, "which is no word of a rule, did you mean from")]
    [InlineData("track_script { chk }", ProblemKind.Error, "is \"chk\", and there is no such script")]
    [InlineData("track_interface { eth1 weight 300 }", ProblemKind.Error, "eth1 is \"300\": use a whole number from -253 to 253")]
    [InlineData("track_interface { eth1 eth2 }", ProblemKind.Error, "eth1 is followed by \"eth2\"")]
    [InlineData("unicast_peer { 192.0.2.5 ttl 4 }", ProblemKind.Error, "is followed by \"ttl\"")]
    [InlineData("unicast_peer { 192.0.2.5 }", ProblemKind.Warning, "believes any sender")]
    [InlineData("unicast_peer { 2001:db8::5 }", ProblemKind.Error, "is 2001:db8::5, and IPv4 is needed here")]
    [InlineData("nopreempt\nstate MASTER\npriority 100", ProblemKind.Warning, "nopreempt with state MASTER, which keepalived does not combine")]
    [InlineData("nopreempt\npriority 255", ProblemKind.Warning, "priority 255 always preempts")]
    [InlineData("nopreempt\npreempt_delay 5", ProblemKind.Warning, "preempt_delay with nopreempt: the delay is dropped")]
    [InlineData("state MASTER", ProblemKind.Warning, "is MASTER and has no priority, so keepalived takes it for the address owner")]
    [InlineData("version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}", ProblemKind.Ignored, "has authentication, which version 3 knows nothing of")]
    [InlineData("authentication {\nauth_type AH\nauth_pass x\n}", ProblemKind.Error, "has auth_type AH, which is not supported")]
    [InlineData("authentication {\nauth_type PASS\nauth_pass 123456789\n}", ProblemKind.Warning, "longer than the eight octets")]
    [InlineData("smtp_alert", ProblemKind.Ignored, "no mail is sent")]
    [InlineData("use_ipvlan", ProblemKind.Ignored, "is not supported: ipvlan shares")]
    [InlineData("auth_hmac { key 1 abc }", ProblemKind.Ignored, "auth_hmac is not supported: peers that enforce it drop what vipd sends")]
    [InlineData("lvs_sync_daemon_interface eth0", ProblemKind.Ignored, "IPVS is not used")]
    [InlineData("use_vmac 02:00:00:00:zz:01", ProblemKind.Error, "which is no hardware address")]
    [InlineData("strict_mode", ProblemKind.Warning, "is strict, so packets to its addresses are not accepted")]
    [InlineData("notify_master \"relative.sh\"", ProblemKind.Error, "give the program's whole path")]
    [InlineData("interface lo", ProblemKind.Error, "interface is lo")]
    [InlineData("notify_master \"/bin/a b", ProblemKind.Error, "a quote is not closed")]
    [InlineData("interface eth0!x", ProblemKind.Warning, "a comment begins within a word")]
    [Trait("Scenario", "CFG-16")]
    [Trait("Scenario", "MIX-14")]
    public void Instance_Line_IsReported(string lines, ProblemKind kind, string says)
    {
        ConfigurationReading reading = Samples.Instance(lines.Split('\n'));
        ConfigProblem problem = Assert.Single(reading.Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
        Assert.Equal((kind, "keepalived.conf"), (problem.Kind, problem.Position.File));
        Assert.InRange(problem.Position.Line, 1, 9);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("no_accept", false)]
    [InlineData("accept", true)]
    [InlineData("strict_mode", false)]
    [InlineData("strict_mode\naccept", false)]
    [InlineData("version 3\nstrict_mode", false)]
    [InlineData("version 3\nstrict_mode\naccept", true)]
    [InlineData("version 3\naccept\nno_accept", false)]
    public void Instance_AcceptMode_IsAsKeepalivedHasIt(string lines, bool accepts) =>
        Assert.Equal(accepts, Assert.Single(Samples.Instance(lines.Split('\n')).Configuration.Instances).Accept);

    [Theory]
    [InlineData("vrrp_instanc A {\n}", 1, "vrrp_instanc is no keyword of keepalived.conf, or not outside of a block, did you mean vrrp_instance")]
    [InlineData("vrrp_instance {\n}", 1, "vrrp_instance has no value")]
    [InlineData("vrrp_script a {\nscript \"/bin/true\"\n}\nvrrp_script a {\nscript \"/bin/true\"\n}", 4, "a is there already")]
    [InlineData("vrrp_script a {\ninterval 1\n}", 1, "scripts.a.command is missing")]
    [InlineData("vrrp_sync_group G {\ngroup {\nA\n}\n}", 3, "syncGroups.G.members[0] is \"A\", and there is no such instance")]
    [InlineData("global_defs {\nvrrp_version 9\n}", 2, "vrrp_version is \"9\"")]
    [InlineData("global_defs {\nenable_snmp_vrrpp\n}", 2, "did you mean enable_snmp_vrrp")]
    [InlineData("virtual_server fwmark 5 {\n}", 1, "selects by firewall mark")]
    [InlineData("virtual_server group g {\n}", 1, "there is no such virtual_server_group")]
    [InlineData("virtual_server 192.0.2.1 80 {\nlb_algo best\n}", 2, "is \"best\": use rr, wrr, sh or mh")]
    [InlineData("virtual_server 192.0.2.1 80 {\nreal_server 192.0.2.2 80 {\nTCP_CHEK {\n}\n}\n}", 3, "did you mean TCP_CHECK")]
    [InlineData("virtual_server 192.0.2.1 80 {\nreal_server 192.0.2.2 80 {\nHTTP_GET {\nurl {\nstatus_code 99\n}\n}\n}\n}", 5, "has \"99\"")]
    [InlineData("virtual_server 192.0.2.1 80 {\nlb_kind DR\nreal_server 192.0.2.2 81 {\n}\n}", 3, "direct routing leaves the port as it is")]
    [InlineData("global_defs {", 1, "the block of global_defs that begins here is not closed")]
    [InlineData("global_defs {\n}\n}", 3, "a } closes nothing")]
    [InlineData("{\n}", 1, "a { stands without a keyword before it")]
    [InlineData("", 1, "the file says nothing")]
    [InlineData("include other.conf", 1, "cannot be followed here")]
    [InlineData("~SEQ(A, 1, 2, 3, 4, 5) x", 1, "has more than start, step and end")]
    [InlineData("~SEQ(A, 1, 0, 3) x", 1, "would never end")]
    [InlineData("~LST({A,B}, {1}) x", 1, "has 1 values for 2 variables")]
    [InlineData("$A=x $A\n$A", 2, "a parameter stands for itself")]
    public void File_Line_IsRefused(string text, int line, string says)
    {
        ConfigProblem problem = Assert.Single(Samples.Conf(text).Problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
        Assert.Equal((ProblemKind.Error, line), (problem.Kind, problem.Position.Line));
    }

    [Fact]
    public void File_ManyMistakes_AreAllNamed()
    {
        ConfigurationReading reading = Samples.Instance("priority x", "bogus", "advert_int y", "smtp_alert", "track_script { a }");
        Assert.Equal([5, 6, 7, 9], reading.Problems.Where(problem => problem.Kind == ProblemKind.Error).Select(problem => problem.Position.Line));
        Assert.Single(reading.Problems, problem => problem.Kind == ProblemKind.Ignored);
    }

    [Fact]
    [Trait("Scenario", "TX-08")]
    [Trait("Scenario", "CFG-12")]
    public void Addresses_TooMany_AreHeldWithoutBeingAdvertised()
    {
        ConfigurationReading reading = Samples.Instance("~SEQ(A, 1, 2) ~SEQ(B, 0, 149) virtual_ipaddress { 100.64.${A}.${B}/32 }");
        Assert.Equal((255, 46), (reading.Configuration.Instances[0].Addresses.Count, reading.Configuration.Instances[0].ExcludedAddresses.Count));
        Assert.Contains(reading.Problems, problem => problem.Message.Contains("has 301 addresses, and an advertisement holds 255", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(89, 0)]
    [InlineData(90, 1)]
    [InlineData(255, 166)]
    [Trait("Scenario", "R6-11")]
    [Trait("Scenario", "CFG-12")]
    public void Addresses6_MoreThanAFrameHolds_AreHeldWithoutBeingAdvertised(int count, int excluded)
    {
        ConfigurationReading reading = Samples.Conf($$"""
            vrrp_instance VI {
            interface eth0
            virtual_router_id 51
            virtual_ipaddress {
            {{string.Join('\n', Enumerable.Range(1, count).Select(static i => $"fe80::{i:x}/64"))}}
            }
            }
            """);
        VipInstance instance = Assert.Single(reading.Configuration.Instances);
        Assert.Equal((count - excluded, excluded), (instance.Addresses.Count, instance.ExcludedAddresses.Count));
        Assert.Equal(excluded > 0, reading.Problems.Any(static problem => problem.Message.Contains("an advertisement holds 89", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Scenario", "CFG-11")]
    public void InForce_OneBadInstance_LeavesTheOthers()
    {
        ConfigurationReading reading = Samples.Conf("""
            vrrp_instance good { interface eth0
             virtual_router_id 1
             virtual_ipaddress { 192.0.2.1 } }
            vrrp_instance bad { interface eth0
             virtual_router_id 999
             virtual_ipaddress { 192.0.2.2 } }
            vrrp_instance partner { interface eth1
             virtual_router_id 3
             virtual_ipaddress { 192.0.2.3 } }
            vrrp_sync_group pair { group { bad
              partner } }
            """);
        Assert.False(reading.IsValid);
        Assert.Equal(3, reading.Configuration.Instances.Count);
        Assert.Equal(["good"], reading.InForce.Instances.Select(instance => instance.Name));
        Assert.Empty(reading.InForce.SyncGroups);
    }

    [Fact]
    [Trait("Scenario", "CFG-16")]
    public void Keywords_OfEveryVrrpInstance_AreKnown()
    {
        string[] keywords = ["use_vmac", "use_vmac_addr", "vmac_xmit_base", "use_ipvlan", "unicast_peer", "unicast_fault_no_peer", "check_unicast_src", "old_unicast_checksum", "native_ipv6", "state",
            "interface", "vrf", "dont_track_primary", "track_interface", "track_script", "track_file", "track_process", "track_bfd", "mcast_src_ip", "unicast_src_ip", "mcast_dst_ip", "track_src_ip",
            "virtual_router_id", "unicast_ttl", "version", "priority", "advert_int", "virtual_ipaddress", "virtual_ipaddress_excluded", "no_virtual_ipaddress", "promote_secondaries",
            "linkbeat_use_polling", "v3_checksum_as_v2", "virtual_routes", "virtual_rules", "accept", "no_accept", "skip_check_adv_addr", "strict_mode", "preempt", "nopreempt", "preempt_delay", "debug",
            "notify_backup", "notify_master", "notify_fault", "notify_stop", "notify_deleted", "notify", "notify_master_rx_lower_pri", "smtp_alert", "notify_priority_changes", "lvs_sync_daemon_interface",
            "garp_master_delay", "garp_master_refresh", "garp_master_repeat", "garp_master_refresh_repeat", "garp_lower_prio_delay", "garp_lower_prio_repeat", "down_timer_adverts", "timer_expired_backup",
            "thread_timer_expired", "garp_extra_if", "vmac_garp_intvl", "lower_prio_no_advert", "higher_prio_send_advert", "owner_ignore_adverts", "kernel_rx_buf_size", "authentication", "auth_hmac"];
        Assert.Equal(keywords.Order(), Keepalived.InstanceBlock.Table.Keywords.Order());
    }

    [Fact]
    public void Read_ProgramsWithoutTheirPath_AreLookedForWhereverOneIsNamed()
    {
        const string Text = """
            vrrp_script alive {
                script "killall -0 haproxy"
            }
            vrrp_instance web {
                interface eth0
                virtual_router_id 51
                virtual_ipaddress {
                    192.0.2.100/24
                }
                track_script {
                    alive
                }
                notify "logger moved"
            }
            virtual_server 192.0.2.100 80 {
                protocol TCP
                lb_kind NAT
                quorum_up "logger up"
                real_server 198.51.100.1 80 {
                    notify_down "logger down"
                    MISC_CHECK {
                        misc_path "curl -fs http://198.51.100.1/"
                    }
                }
            }
            """;
        ConfigurationReading reading = KeepalivedConf.Read(Text, "keepalived.conf", new() { FindProgram = static name => "/usr/bin/" + name });
        Assert.DoesNotContain(reading.Problems, static p => p.Kind == ProblemKind.Error);
        VipConfiguration found = reading.Configuration;
        Assert.Equal(["/usr/bin/killall", "-0", "haproxy"], found.Scripts[0].Command);
        Assert.Equal("/usr/bin/logger", found.Instances[0].Notify[0].Command[0]);
        Assert.Equal("/usr/bin/logger", found.VirtualServers[0].QuorumUp[0]);
        Assert.Equal("/usr/bin/logger", found.VirtualServers[0].Servers[0].NotifyDown[0]);
        Assert.Equal("/usr/bin/curl", found.VirtualServers[0].Servers[0].Checks[0].Command[0]);
        Assert.Contains(reading.Problems, static p => p.Kind == ProblemKind.Warning && p.Position.Line == 2 && p.Message.Contains("/usr/bin/killall", StringComparison.Ordinal));
        Assert.Contains(KeepalivedConf.Read(Text, "keepalived.conf", new()).Problems, static p => p.Kind == ProblemKind.Error && p.Position.Line == 2);
    }
}
