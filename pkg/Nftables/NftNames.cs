// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>
/// Names in the table. They are made from what they stand for, so that a listing can be read and every process finds the same:
/// letters, digits, dots and underscores, which is all that the language allows in a word.
/// </summary>
internal static class NftNames
{
    public static string Word(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => "tcp",
        TransportProtocol.Udp => "udp",
        TransportProtocol.Sctp => "sctp",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static string Service(ServiceKey key) =>
        string.Create(CultureInfo.InvariantCulture, $"{Word(key.Protocol)}.{Address(key.Vip)}.{key.Port}");

    public static string Endpoint(ServiceKey key, ForwardEndpoint endpoint) =>
        string.Create(CultureInfo.InvariantCulture, $"{Service(key)}.{Address(endpoint.Address)}.{endpoint.Port}");

    public static string ServiceChain(ServiceKey key) => $"s.{Service(key)}";

    public static string EndpointChain(ServiceKey key, ForwardEndpoint endpoint) => $"e.{Endpoint(key, endpoint)}";

    /// <summary>Clients that stay with an endpoint. The time is in the name since a set cannot change its own.</summary>
    public static string Clients(ServiceKey key, ForwardEndpoint endpoint, long seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"p{seconds}.{Endpoint(key, endpoint)}");

    /// <summary>Counts new connections.</summary>
    public static string Connections(string name) => $"c.{name}";

    /// <summary>Counts packets both ways.</summary>
    public static string Traffic(string name) => $"t.{name}";

    /// <summary>Counts connections that were refused for want of an endpoint.</summary>
    public static string Refusals(string name) => $"r.{name}";

    private static string Address(IpAddr address) => address.ToString().Replace(':', '_');
}
