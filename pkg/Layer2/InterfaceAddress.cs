// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2;

/// <summary>An address configured on an interface; a tentative one may not be sent from yet (RFC 4862 5.4).</summary>
public readonly record struct InterfaceAddress(IpAddr Address, int PrefixLength, bool IsTentative = false)
{
    /// <summary>The network the address is in.</summary>
    public IpPrefix Prefix => new(Address, PrefixLength);
}
