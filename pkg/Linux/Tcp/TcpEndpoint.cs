// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tcp;

/// <summary>One end of a connection.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port.</param>
/// <param name="InterfaceIndex">The interface of a link-local address; zero for others.</param>
public readonly record struct TcpEndpoint(IpAddr Address, ushort Port, int InterfaceIndex = 0)
{
    /// <summary>As 192.0.2.1:179, [2001:db8::1]:179 or [fe80::1%3]:179.</summary>
    public override string ToString()
    {
        string scope = Address.IsIPv6 && InterfaceIndex != 0 ? string.Create(CultureInfo.InvariantCulture, $"%{InterfaceIndex}") : "";
        return Address.IsIPv4
            ? string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"[{Address}{scope}]:{Port}");
    }
}
