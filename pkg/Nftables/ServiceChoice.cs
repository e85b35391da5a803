// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using LoadBalancer.Primitives;

namespace LoadBalancer.Nftables;

/// <summary>Which endpoint a new connection gets, in the words of nft(8).</summary>
internal static class ServiceChoice
{
    /// <summary>Endpoints that take new connections. Order is no property of a service: the same ones in another order are the same text.</summary>
    public static List<ForwardEndpoint> Able(ForwardService service)
    {
        List<ForwardEndpoint> able = [];
        foreach (ForwardEndpoint endpoint in service.Endpoints)
        {
            if (endpoint.TakesNew)
            {
                able.Add(endpoint);
            }
        }

        able.Sort(static (a, b) => a.Address.CompareTo(b.Address) is var byAddress and not 0 ? byAddress : a.Port.CompareTo(b.Port));
        return able;
    }

    /// <summary>The numbers that lead to each.</summary>
    public static ImmutableArray<SlotRange> Slots(ForwardService service, List<ForwardEndpoint> able)
    {
        string[] names = new string[able.Count];
        int[] weights = new int[able.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = NftNames.EndpointChain(service.Key, able[i]);
            weights[i] = able[i].Weight;
        }

        return service.Scheduler switch
        {
            Scheduler.Random or Scheduler.SourceHash => SlotTable.Proportional(weights),
            Scheduler.RoundRobin => SlotTable.Interleaved(weights),
            Scheduler.ConsistentHash => SlotTable.Consistent(names, weights),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>What draws a number below the modulus.</summary>
    public static string Draw(ForwardService service, int modulus)
    {
        string ip = service.Key.Vip.IsIPv4 ? "ip" : "ip6";
        // The seed is the service's own and the same on every node: after a move of the VIP a client finds the same endpoint.
        string hash = $"jhash {ip} saddr{(service.HashesPort ? " . th sport" : "")} mod {modulus} seed 0x{(uint)SlotTable.Fold(NftNames.Service(service.Key)):x}";
        return service.Scheduler switch
        {
            Scheduler.Random => string.Create(CultureInfo.InvariantCulture, $"numgen random mod {modulus}"),
            Scheduler.RoundRobin => string.Create(CultureInfo.InvariantCulture, $"numgen inc mod {modulus}"),
            Scheduler.SourceHash or Scheduler.ConsistentHash => hash,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>What tells one client from another, for those that stay with an endpoint.</summary>
    public static string Client(ForwardService service)
    {
        IpAddr vip = service.Key.Vip;
        string ip = vip.IsIPv4 ? "ip" : "ip6";
        int bits = vip.BitLength;
        return service.PersistencePrefix is { } prefix && prefix < bits
            ? $"{ip} saddr & {IpAddr.FromValue(vip.Family, prefix == 0 ? UInt128.Zero : UInt128.MaxValue >> (128 - bits) >> (bits - prefix) << (bits - prefix))}"
            : $"{ip} saddr";
    }
}
