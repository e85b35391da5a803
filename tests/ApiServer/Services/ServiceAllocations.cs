// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.ApiServer.Json;

namespace LoadBalancer.ApiServer.Services;

/// <summary>Cluster addresses and node ports in use. Guarded by the lock of the Service store: only its writers come here.</summary>
public sealed class ServiceAllocations(IReadOnlyList<string> cidrs)
{
    public const int FirstNodePort = 30000;
    public const int LastNodePort = 32767;

    private readonly HashSet<(string Protocol, int Port)> _ports = [];
    private int _cursor = FirstNodePort;

    public IReadOnlyList<AddressRange> Ranges { get; } = [.. cidrs.Select(c => new AddressRange(c))];

    public AddressRange? Range(string family) => Ranges.FirstOrDefault(r => r.IsIPv6 == (family == "IPv6"));

    public bool TryTakePort(string protocol, int port) => _ports.Add((protocol, port));

    public int? NextPort(string protocol)
    {
        for (var tried = FirstNodePort; tried <= LastNodePort; tried++)
        {
            var port = _cursor;
            _cursor = _cursor == LastNodePort ? FirstNodePort : _cursor + 1;
            if (_ports.Add((protocol, port)))
                return port;
        }

        return null;
    }

    public void FreePort(string protocol, int port) => _ports.Remove((protocol, port));

    public void Release(JsonObject service)
    {
        foreach (var ip in service.Texts("spec", "clusterIPs"))
        {
            foreach (var range in Ranges)
                range.Free(ip);
        }

        foreach (var port in service.List("spec", "ports") ?? [])
            FreePort(port.Text("protocol") ?? "TCP", (int)(port.Whole("nodePort") ?? 0));
        FreePort("health", (int)(service.Whole("spec", "healthCheckNodePort") ?? 0));
    }

    /// <summary>After a refused or dry write: what is taken is again exactly what is stored.</summary>
    public void Rebuild(IEnumerable<JsonObject> services)
    {
        _ports.Clear();
        foreach (var range in Ranges)
            range.Clear();
        foreach (var service in services)
            Adopt(service);
    }

    public void Adopt(JsonObject service)
    {
        foreach (var ip in service.Texts("spec", "clusterIPs").Where(i => i != "None"))
        {
            var address = System.Net.IPAddress.Parse(ip);
            Ranges.FirstOrDefault(r => r.Contains(address))?.TryTake(address);
        }

        foreach (var port in service.List("spec", "ports") ?? [])
        {
            if (port.Whole("nodePort") is > 0 and var number)
                TryTakePort(port.Text("protocol") ?? "TCP", (int)number);
        }

        if (service.Whole("spec", "healthCheckNodePort") is > 0 and var health)
            TryTakePort("health", (int)health);
    }
}
