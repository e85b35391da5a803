// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.VipConfig.ConfigMap;

namespace LoadBalancer.Fuzz;

internal static partial class Targets
{
    // A configuration is an operator's, not a peer's: it may cost more memory than its text, but not without bound.
    private const long ConfigurationLimit = 16 * 1024 * 1024;

    private const string VipdYamlSeed = """
        version: 1
        instances:
          web: {interface: eth0, virtualRouterId: 51, priority: 150, advertInterval: 100ms, addresses: [192.0.2.100/24]}
        scripts:
          s:
            command: [/bin/true, "a b"]
        virtualServers: {v: {endpoints: ["192.0.2.1:80"], servers: [{address: 192.0.2.2}]}}
        """;

    private const string VipdYamlNested = "version: 1\ninstances:\n  a:\n    track: {interfaces: [{name: eth1, weight: -5}]}\n    routes: [{destination: 0.0.0.0/0, via: 192.0.2.1}]\n";

    private const string ConfSeed = """
        global_defs { router_id a }
        vrrp_script s { script "/bin/true 'a b'" ! c
         weight -2 reverse }
        vrrp_instance VI {
         interface eth0
         virtual_router_id 51
         virtual_ipaddress { 192.0.2.100/24 dev eth0 label eth0:1
         }
         track_script { s }
         notify "/bin/x" nobody
        }
        """;

    private const string ConfMacros = "$A= \\\nvrrp_script s${N} { \\\n script \"/b\" \\\n}\n~SEQ(N, 1, 3) $A\n~LST({X,Y},{1,2},{3,4}) @h include ${X}\n@^h $B=1\nstatic_routes { default via 192.0.2.1 dev eth0 }\n";

    private const string ConfServers = "virtual_server 192.0.2.1 80 {\n lb_algo rr\n real_server 192.0.2.2 80 {\n HTTP_GET {\n url {\n path /\n status_code 200-299\n}\n}\n}\n}\nstatic_rules { from 192.0.2.0/24 table 5 fwmark 1/2 }\n";

    private static IEnumerable<FuzzTarget> VipConfig =>
    [
        FuzzTarget.Text("vipd-yaml", VipdYamlText, VipdYamlSeed, VipdYamlNested) with { AllocationLimit = ConfigurationLimit },
        FuzzTarget.Text("keepalived-conf", KeepalivedText, ConfSeed, ConfMacros, ConfServers) with { AllocationLimit = ConfigurationLimit },
        FuzzTarget.Text("service-vip", ServiceVipText, "192.0.2.50=default/echo:NAT", "2001:db8::1=a/b:dr", "192.0.2.1=", "192.0.2.1=a/b:NAT:PROXY"),
    ];

    private static void VipdYamlText(string text) => CheckReading(VipdYaml.Read(text, "f"));

    private static void KeepalivedText(string text) => CheckReading(KeepalivedConf.Read(text, "f", new() { ConfigId = "h", HostName = "h", MostLines = 500 }));

    private static void CheckReading(ConfigurationReading reading)
    {
        foreach (ConfigProblem problem in reading.Problems)
            FuzzTarget.Require(problem.Message.Length > 10 && problem.Position.File == "f" && !problem.ToString().Contains('\n', StringComparison.Ordinal), "a problem is a line that says where and what");
        string yaml = VipdYaml.Write(reading.Configuration);
        FuzzTarget.Require(VipdYaml.Read(yaml, "f").Configuration == reading.Configuration, "what was read is written as YAML that reads the same");
        FuzzTarget.Require(ConfigurationDifference.Between(reading.Configuration, reading.InForce).Count == 0 || !reading.IsValid, "only errors keep something out of force");
    }

    private static void ServiceVipText(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        ServiceVips vips = ServiceVipReader.Read(new Dictionary<string, string> { [equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..] });
        FuzzTarget.Require(vips.Verdicts.Count == 1 && vips.Accepted.Count == (vips.Verdicts[0].Accepted ? 1 : 0), "each entry has one verdict, and accepted ones are in force");
    }
}
