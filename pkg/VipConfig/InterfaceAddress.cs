// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig;

/// <summary>An address as an interface holds it: all its bits, and the length of the network it is in.</summary>
public readonly record struct InterfaceAddress(IpAddr Address, int PrefixLength)
{
    /// <summary>The address alone in its network: /32 or /128.</summary>
    public static InterfaceAddress Host(IpAddr address) => new(address, address.BitLength);

    /// <summary>The network the address is in.</summary>
    public IpPrefix Network => new(Address, PrefixLength);

    /// <summary>Reads <c>address/length</c>, or an address alone, which is its own network.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out InterfaceAddress result)
    {
        int slash = text.IndexOf('/');
        result = default;
        if (!IpAddr.TryParse(slash < 0 ? text : text[..slash], out IpAddr address))
            return false;
        if (slash < 0)
        {
            result = Host(address);
            return true;
        }

        if (!IpPrefix.TryParse(text, out IpPrefix prefix))
            return false;
        result = new(address, prefix.Length);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
