// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using LoadBalancer.Primitives;
using LoadBalancer.Speaker.Layer2;

namespace LoadBalancer.Speaker;

/// <summary>The speaker's metrics, under MetalLB's names where it has them.</summary>
internal sealed class SpeakerMetrics : IDisposable
{
    public const string MeterName = "loadbalancer.speaker";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _updates;
    private readonly Counter<long> _updateErrors;
    private volatile IReadOnlyList<(string Service, IpAddr Address)> _announced = [];
    private int _refused;
    private int _loaded;

    public SpeakerMetrics(Layer2Counters counters, string node, Func<IEnumerable<(string Service, IpAddr Address)>> byBgp, Func<bool> lostContact)
    {
        _updates = _meter.CreateCounter<long>("metallb_k8s_client_updates_total", description: "Changes of Kubernetes objects that were processed.");
        _updateErrors = _meter.CreateCounter<long>("metallb_k8s_client_update_errors_total", description: "Writes to Kubernetes that failed.");
        _updates.Add(0);
        _updateErrors.Add(0);
        Gauge("metallb_k8s_client_config_loaded_bool", "1 when a configuration is in force.", () => Volatile.Read(ref _loaded));
        Gauge("metallb_k8s_client_config_stale_bool", "1 when an object is refused as it stands; see its Accepted condition.", () => Volatile.Read(ref _refused) > 0 ? 1 : 0);
        Gauge("loadbalancer_api_contact_lost", "1 while the API server does not tell of every kind of object; /status says which.", () => lostContact() ? 1 : 0);
        _meter.CreateObservableGauge(
            "metallb_speaker_announced",
            () => _announced.Select(a => Announcement(a, "layer2", node)).Concat(byBgp().Select(a => Announcement(a, "bgp", node))),
            description: "1 for each address this node announces.");
        PerAddress("metallb_layer2_requests_received", "ARP and neighbour requests received for the address.", counters, c => c.Requests);
        PerAddress("metallb_layer2_responses_sent", "ARP and neighbour replies sent for the address.", counters, c => c.Responses);
        PerAddress("metallb_layer2_gratuitous_sent", "Unasked announcements sent for the address.", counters, c => c.Gratuitous);
        Counter("loadbalancer_layer2_takeovers_total", "Addresses this node began to answer for.", () => counters.Takeovers);
        Counter("loadbalancer_layer2_releases_total", "Addresses this node ceased to answer for.", () => counters.Releases);
        Counter("loadbalancer_layer2_foreign_claims_total", "Claims of a stranger on an address announced here.", () => counters.ForeignClaims);
        _meter.CreateObservableGauge(
            "loadbalancer_layer2_address_conflicts",
            () => counters.Conflicts.Select(c => new Measurement<long>(1, Tag("ip", c.Address), Tag("interface", c.Interface))),
            description: "1 for each address announced here that another host answers for as well.");
        Counter("loadbalancer_layer2_fenced_total", "Requests left unanswered because this process had stood still.", () => counters.Fenced);
        Counter("loadbalancer_heartbeats_sent_total", "Heartbeats sent.", () => counters.HeartbeatsSent);
        Counter("loadbalancer_heartbeats_received_total", "Heartbeats received, taken or not.", () => counters.HeartbeatsReceived);
        Counter("loadbalancer_heartbeats_copies_total", "Heartbeats that arrived once more, over the other address family or by unicast.", () => counters.HeartbeatCopies);
        PerReason("loadbalancer_heartbeats_dropped_total", "Heartbeats that changed nothing, by reason.", counters.HeartbeatDrops);
        PerReason("loadbalancer_layer2_frames_dropped_total", "Frames that got no answer, by reason.", counters.FrameDrops);
    }

    public void CountUpdate() => _updates.Add(1);

    public void CountUpdateError() => _updateErrors.Add(1);

    public void Loaded(int refused)
    {
        Volatile.Write(ref _refused, refused);
        Volatile.Write(ref _loaded, 1);
    }

    public void Announced(IReadOnlyList<(string, IpAddr)> announced) => _announced = announced;

    private static Measurement<long> Announcement((string Service, IpAddr Address) announced, string protocol, string node) =>
        new(1, Tag("service", announced.Service), Tag("protocol", protocol), Tag("node", node), Tag("ip", announced.Address));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value.ToString());

    private void Gauge(string name, string description, Func<int> value) => _meter.CreateObservableGauge(name, value, description: description);

    private void Counter(string name, string description, Func<long> value) => _meter.CreateObservableCounter(name, value, description: description);

    private void PerAddress(string name, string description, Layer2Counters counters, Func<AddressCounters, long> value) => _meter.CreateObservableCounter(
        name, () => counters.Addresses.Select(a => new Measurement<long>(value(a.Value), Tag("ip", a.Key))), description: description);

    private void PerReason(string name, string description, Func<IEnumerable<(string Reason, long Count)>> values) => _meter.CreateObservableCounter(
        name, () => values().Select(v => new Measurement<long>(v.Count, Tag("reason", v.Reason))), description: description);

    public void Dispose() => _meter.Dispose();
}
