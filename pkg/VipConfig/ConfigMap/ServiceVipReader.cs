// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

namespace LoadBalancer.VipConfig.ConfigMap;

/// <summary>
/// The fourth door: the ConfigMap of kube-keepalived-vip as it stands. A key is an address, its value
/// <c>namespace/service[:NAT|DR|PROXY[:PROXY]]</c>, in any case; an empty value means the address alone.
/// </summary>
public static class ServiceVipReader
{
    // Names of Kubernetes objects: RFC 1123 labels for namespaces, RFC 1035 labels for Services.
    private const int LongestName = 63;

    private const string Form = "write namespace/service, with :NAT, :DR or :PROXY after it if needed, or nothing to hold the address alone";

    /// <summary>Reads the data of a ConfigMap; order does not matter and one bad entry does not stop the others.</summary>
    public static ServiceVips Read(IReadOnlyDictionary<string, string> data)
    {
        List<string> keys = [.. data.Keys];
        keys.Sort(StringComparer.Ordinal);
        List<EntryVerdict> verdicts = [];
        SortedDictionary<IpAddr, ServiceVip> accepted = [];
        foreach (string key in keys)
        {
            string message = One(key, data[key] ?? "", accepted);
            verdicts.Add(new(key, message.Length == 0, message.Length == 0 ? $"{key} is in force" : message));
        }

        return new([.. accepted.Values], [.. verdicts]);
    }

    private static string One(string key, string value, SortedDictionary<IpAddr, ServiceVip> accepted)
    {
        if (!IpAddr.TryParse(key.Trim(), out IpAddr address))
            return $"{key} is no address: make the key an address such as 192.0.2.100";
        if (address.IsUnspecified || address.IsMulticast || address.IsLoopback)
            return $"{key} is no address a node can hold for others: give another";
        ServiceVip vip = new() { Address = address };
        string text = value.Trim();
        if (text.Length > 0)
        {
            string[] parts = text.Split(':');
            int slash = parts[0].IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
                return $"{key} names \"{Shown(parts[0])}\" without a namespace: {Form}";
            (string space, string service) = (parts[0][..slash], parts[0][(slash + 1)..]);
            if (!IsName(space) || !IsName(service))
                return $"{key} names \"{Shown(parts[0])}\", which no Service can be called: {Form}";
            vip = vip with { Namespace = space, Service = service };
            if (parts.Length > 1)
            {
                if (Method(parts[1]) is not { } method)
                    return $"{key} has method \"{Shown(parts[1])}\": use NAT, DR or PROXY";
                vip = vip with { Method = method, ProxyHeader = method == ServiceMethod.Proxy };
            }

            if (parts.Length > 2)
            {
                if (parts.Length > 3 || Method(parts[2]) != ServiceMethod.Proxy)
                    return $"{key} has \"{Shown(text)}\": only :PROXY can follow the method; {Form}";
                if (vip.Method == ServiceMethod.DirectRouting)
                    return $"{key} has DR with PROXY, and direct routing changes nothing in a connection: remove one of the two";
                vip = vip with { Method = ServiceMethod.Proxy, ProxyHeader = true };
            }
        }

        return accepted.TryAdd(address, vip) ? "" : $"{key} is an address that another key holds already, written differently: remove one";
    }

    private static ServiceMethod? Method(string word) => word.Trim().ToUpperInvariant() switch
    {
        "NAT" => ServiceMethod.Nat,
        "DR" => ServiceMethod.DirectRouting,
        "PROXY" => ServiceMethod.Proxy,
        _ => null,
    };

    private static bool IsName(string name)
    {
        foreach (char letter in name)
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-')
                return false;
        return name.Length is > 0 and <= LongestName && name[0] != '-' && name[^1] != '-';
    }

    private static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
