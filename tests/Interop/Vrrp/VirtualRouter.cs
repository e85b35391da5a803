// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.Interop.Vrrp;

/// <summary>A virtual router as both sides are configured with it: its name is the same in ours and in theirs.</summary>
public sealed record VirtualRouter(string Name, int Id)
{
    public int Version { get; init; } = 3;

    public bool IsIPv6 { get; init; }

    public bool IsUnicast { get; init; }

    public bool HasVirtualMac { get; init; }

    /// <summary>Of version 2; none without.</summary>
    public string? Password { get; init; }

    /// <summary>Milliseconds between adverts: three of them are more than a busy machine keeps a daemon waiting.</summary>
    public int Interval { get; init; } = 300;

    /// <summary>Further addresses beside <see cref="Address"/>, with the length of their network.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    /// <summary>The address that a client asks for.</summary>
    public IPAddress Address => IPAddress.Parse(IsIPv6 ? Text($"2001:db8:0:1::{Id}") : Text($"192.0.2.{Id}"));

    /// <summary>All of them, with the length of the network, as both configurations want them: the link-local address first (RFC 9568 5.2.9).</summary>
    public IReadOnlyList<string> Addresses => [.. IsIPv6 ? (string[])[Text($"fe80::{Id}/64"), $"{Address}/64"] : [$"{Address}/24"], .. More];

    /// <summary>The hardware address of RFC 9568 7.3.</summary>
    public string VirtualMac => Text($"00:00:5e:00:0{(IsIPv6 ? 2 : 1)}:{Id:x2}");

    public override string ToString() => Name;

    /// <summary>As an instance of vipd.yaml.</summary>
    public string ToYaml(int priority, LabHost own, LabHost other, string more = "")
    {
        List<string> lines = [Text($"  {Name}:"), "    interface: eth0", Text($"    virtualRouterId: {Id}"), Text($"    priority: {priority}"),
            Text($"    advertInterval: {Interval}ms"), Text($"    vrrpVersion: {Version}"), $"    addresses: [{string.Join(", ", Addresses.Select(static a => $"\"{a}\""))}]"];
        if (Password is not null)
            lines.Add($"    authentication: {{ password: \"{Password}\" }}");
        // keepalived 2.2.7 sends unicast over IPv6 with the kernel's hop limit of 64.
        if (IsUnicast)
            lines.AddRange([$"    sourceAddress: \"{Own(own)}\"", $"    unicast: {{ peers: [{{ address: \"{Own(other)}\"{(IsIPv6 ? ", minTtl: 64" : "")} }}] }}"]);
        if (HasVirtualMac)
            lines.Add("    virtualMac: {}");
        return string.Concat(lines.Select(static l => l + "\n")) + more;
    }

    /// <summary>As a vrrp_instance of keepalived.conf.</summary>
    public string ToKeepalived(int priority, LabHost own, LabHost other, string more = "")
    {
        List<string> lines = [$"vrrp_instance {Name} {{", "  state BACKUP", "  interface eth0", Text($"  version {Version}"), Text($"  virtual_router_id {Id}"),
            Text($"  priority {priority}"), Text($"  advert_int {Interval / 1000.0}"), $"  virtual_ipaddress {{\n    {string.Join("\n    ", Addresses)}\n  }}"];
        if (Password is not null)
            lines.Add($"  authentication {{\n    auth_type PASS\n    auth_pass {Password}\n  }}");
        if (IsUnicast)
            lines.AddRange([$"  unicast_src_ip {Own(own)}", $"  unicast_peer {{\n    {Own(other)}\n  }}"]);
        if (HasVirtualMac)
            lines.Add("  use_vmac");
        return string.Concat(lines.Select(static l => l + "\n")) + more + "}\n";
    }

    private IPAddress Own(LabHost host) => IsIPv6 ? host.ServiceAddress6 : host.ServiceAddress;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
