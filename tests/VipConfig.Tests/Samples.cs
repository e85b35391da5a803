// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Testing;

namespace LoadBalancer.VipConfig.Tests;

/// <summary>Configurations as people have them.</summary>
internal static class Samples
{
    public static IEnumerable<string> Names => Directory.GetFiles(Checkout.PathOf("tests", "VipConfig.Tests", "samples"), "*.conf").Select(Path.GetFileName).Order()!;

    public static string Text(string name) => File.ReadAllText(Checkout.PathOf("tests", "VipConfig.Tests", "samples", name));

    public static string Yaml => File.ReadAllText(Checkout.PathOf("config", "vipd", "vipd.yaml"));

    public static ConfigurationReading Conf(string text, string id = "lb1") =>
        KeepalivedConf.Read(text, "keepalived.conf", new() { ConfigId = id, HostName = id });

    /// <summary>An instance with these lines in it, valid if they are.</summary>
    public static ConfigurationReading Instance(params string[] lines) => Conf($$"""
        vrrp_instance VI {
        interface eth0
        virtual_router_id 51
        virtual_ipaddress { 192.0.2.100/24 }
        {{string.Join('\n', lines)}}
        }
        """);

    /// <summary>vipd.yaml with one instance that has these lines after its own, at line 7 and on.</summary>
    public static ConfigurationReading YamlInstance(string lines, string after = "") => VipdYaml.Read(
        "version: 1\ninstances:\n  web:\n    interface: eth0\n    virtualRouterId: 51\n    addresses: [192.0.2.100/24]\n"
        + string.Join('\n', lines.Split('\n').Select(line => "    " + line)) + "\n" + after, "vipd.yaml");
}
