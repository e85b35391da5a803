// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace LoadBalancer.Vipd.Forwarding;

/// <summary>The metrics of forwarding, from what was published last. Counters of the kernel are as old as its last reading, ten seconds at most.</summary>
internal sealed class ForwardingMetrics : IDisposable
{
    public const string MeterName = "loadbalancer.vipd.forwarding";

    private readonly Meter _meter = new(MeterName);
    private readonly Func<ForwardingView> _view;

    public ForwardingMetrics(Func<ForwardingView> view)
    {
        _view = view;
        _meter.CreateObservableGauge("loadbalancer_vip_forwarding_active", () => _view().IsActive ? 1 : 0, description: "1 while the kernel's forwarding table is as the configuration and the checks want it.");
        _meter.CreateObservableCounter("loadbalancer_vip_forwarding_transactions_total", () => _view().Transactions, description: "Changes made to the kernel's forwarding table.");
        _meter.CreateObservableCounter("loadbalancer_vip_forwarding_cut_connections_total", () => _view().Cuts, description: "Connections that were cut because their server failed.");
        _meter.CreateObservableGauge("loadbalancer_vip_quorum", () => Servers(static (_, s) => s.HasQuorum ? 1 : 0), description: "1 while enough servers of the virtual server are up.");
        _meter.CreateObservableGauge("loadbalancer_vip_live_weight", () => Servers(static (_, s) => s.Weight), description: "Weight of the servers that are up.");
        Frontends("connections_total", "Connections to the address and port.", static f => f.Connections);
        Frontends("refused_total", "Connections that were refused because no server was up.", static f => f.Refused);
        Frontends("packets_total", "Packets to and from the address and port.", static f => f.Packets);
        Frontends("bytes_total", "Octets to and from the address and port.", static f => f.Octets);
        _meter.CreateObservableGauge("loadbalancer_vip_server_up", () => RealServers(static r => r.IsUp ? 1L : 0), description: "1 while all checks of the server are up.");
        _meter.CreateObservableGauge("loadbalancer_vip_server_weight", () => RealServers(static r => (long)r.Weight), description: "What the server weighs by configuration and checks.");
        _meter.CreateObservableCounter("loadbalancer_vip_server_connections_total", () => RealServers(static r => (long)r.Connections), description: "Connections that were given to the server.");
        _meter.CreateObservableCounter("loadbalancer_vip_server_packets_total", () => RealServers(static r => (long)r.Packets), description: "Packets to and from the server.");
        _meter.CreateObservableCounter("loadbalancer_vip_server_bytes_total", () => RealServers(static r => (long)r.Octets), description: "Octets to and from the server.");
        _meter.CreateObservableCounter("loadbalancer_vip_checks_total", () => RealServers(static r => r.Checks.Sum(static c => c.Asked)), description: "Checks of the server that were made.");
        _meter.CreateObservableCounter("loadbalancer_vip_checks_failed_total", () => RealServers(static r => r.Checks.Sum(static c => c.Failed)), description: "Checks of the server that failed.");
    }

    public void Dispose() => _meter.Dispose();

    private void Frontends(string name, string description, Func<FrontendStatus, ulong> value) => _meter.CreateObservableCounter(
        "loadbalancer_vip_" + name,
        () => _view().Status().VirtualServers.SelectMany(s => s.Endpoints.Select(f => new Measurement<long>(
            (long)value(f), new KeyValuePair<string, object?>("virtual_server", s.Name), new("vip", f.Address), new("port", f.Port), new("protocol", f.Protocol)))),
        description: description);

    private IEnumerable<Measurement<long>> Servers(Func<ForwardingView, VirtualServerStatus, long> value)
    {
        ForwardingView view = _view();
        return view.Status().VirtualServers.Select(s => new Measurement<long>(value(view, s), new KeyValuePair<string, object?>("virtual_server", s.Name)));
    }

    private IEnumerable<Measurement<long>> RealServers(Func<RealServerStatus, long> value) => _view().Status().VirtualServers.SelectMany(s => s.Servers.Select(r =>
        new Measurement<long>(value(r), new KeyValuePair<string, object?>("virtual_server", s.Name), new("server", r.Address), new("port", r.Port))));
}
