// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vipd.Plane;

namespace LoadBalancer.Vipd;

/// <summary>The daemon's metrics; what is of instances is as of the last look at the protocol thread, taken for each scrape.</summary>
internal sealed class VipdMetrics : IDisposable
{
    public const string MeterName = "loadbalancer.vipd";

    private static readonly string[] States = ["initialize", "backup", "master"];

    private readonly Meter _meter = new(MeterName);
    private readonly VipdStatus _status;

    public VipdMetrics(VipdStatus status, PlaneReporter reporter, HoldingPlane holding, ProtocolPlane plane, Companions companions)
    {
        _status = status;
        _meter.CreateObservableGauge(
            "vipd_instance_state",
            () => Rows.SelectMany(static r => States.Select(s => new Measurement<long>(s == r.State ? 1 : 0, Tag("instance", r.Name), Tag("state", s)))),
            description: "1 for the state each instance is in.");
        Gauge("vipd_instance_priority", "Priority with everything tracked applied.", static r => r.Priority);
        Gauge("vipd_instance_peers", "Other nodes heard of each instance.", static r => r.Peers.Count(static p => !p.IsOwnAddress));
        Gauge("vipd_instance_disagreements", "Ways in which other nodes do not agree with this one.", static r => r.Peers.Sum(static p => p.Disagreements.Count));
        Count("vipd_advertisements_sent_total", "Advertisements sent, to each unicast peer one.", static r => r.Counters.Sent);
        Count("vipd_advertisements_received_total", "Advertisements taken.", static r => r.Counters.Received);
        Count("vipd_advertisements_discarded_total", "Messages for the instance that were not acted on.", static r => r.Counters.Discarded);
        Count("vipd_farewells_sent_total", "Advertisements of priority 0 sent.", static r => r.Counters.FarewellsSent);
        Count("vipd_became_master_total", "Times the instance became master here.", static r => r.Counters.BecameMaster);
        Count("vipd_fenced_total", "Times it let go because it had not been scheduled, or could not send.", static r => r.Counters.Fenced);
        Count("vipd_send_failures_total", "Advertisements that did not leave the node.", static r => r.Counters.SendFailures);
        _meter.CreateObservableCounter(
            "vipd_discards_total",
            () => (_status.Last?.Discards ?? new Dictionary<string, long>()).Select(static d => new Measurement<long>(d.Value, Tag("reason", d.Key))),
            description: "Messages that were not acted on, by reason.");
        _meter.CreateObservableCounter(
            "vipd_transitions_total",
            () => reporter.Transitions.Select(static t => new Measurement<long>(t.Count, Tag("instance", t.Key.Instance), Tag("to", t.Key.To), Tag("reason", t.Key.Reason))),
            description: "Changes of state, by state reached and reason.");
        Count("vipd_kernel_additions_total", "Addresses, routes and rules added.", () => holding.Counters.Added);
        Count("vipd_kernel_removals_total", "Addresses, routes and rules removed.", () => holding.Counters.Removed);
        Count("vipd_put_back_total", "Times something held was removed by somebody else and put back.", () => holding.Counters.PutBack);
        Count("vipd_kernel_faults_total", "Changes the kernel refused.", () => holding.Counters.Faults);
        Count("vipd_gratuitous_sent_total", "Gratuitous ARP and unasked neighbour advertisements sent.", () => holding.Announcer.Sent);
        Count("vipd_gratuitous_failed_total", "Gratuitous ARP and unasked neighbour advertisements an interface did not take.", () => holding.Announcer.Failed);
        Count("vipd_address_conflicts_total", "Claims of another host on an address held here.", () => holding.Announcer.Conflicts);
        Count("vipd_notices_lost_total", "Events that were neither logged nor told to hooks because there were too many.", () => plane.NoticesLost);
        Count("vipd_hooks_done_total", "Hooks that were called with success.", () => companions.HookCounts.Done);
        Count("vipd_hooks_failed_total", "Hooks that failed.", () => companions.HookCounts.Failed);
        Count("vipd_hooks_dropped_total", "Calls of hooks that later ones pushed out.", () => companions.HookCounts.Dropped);
        _meter.CreateObservableGauge("vipd_maintenance", () => _status.Last is { Maintenance: true } ? 1 : 0, description: "1 while an operator keeps the node out.");
        _meter.CreateObservableGauge("vipd_api_contact_lost", () => _status.LostContact is not null ? 1 : 0, description: "1 while the API server does not tell of every kind of object; /status says which.");
        _meter.CreateObservableGauge("vipd_config_refused", () => _status.IsConfigurationRefused ? 1 : 0, description: "1 while the file, or a part of it, is not in force because it has errors.");
        _meter.CreateObservableGauge(
            "vipd_config_left_out",
            () => _status.LeftOut.Select(static l => new Measurement<long>(1, Tag("object", l.Object))),
            description: "1 for each object of the file that did not start because of errors, while the rest runs.");
    }

    private IReadOnlyList<InstanceRow> Rows => _status.Last?.Instances ?? [];

    private void Gauge(string name, string description, Func<InstanceRow, long> value) => _meter.CreateObservableGauge(
        name, () => Rows.Select(r => new Measurement<long>(value(r), Tag("instance", r.Name))), description: description);

    private void Count(string name, string description, Func<InstanceRow, long> value) => _meter.CreateObservableCounter(
        name, () => Rows.Select(r => new Measurement<long>(value(r), Tag("instance", r.Name))), description: description);

    private void Count(string name, string description, Func<long> value) => _meter.CreateObservableCounter(name, value, description: description);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    public void Dispose() => _meter.Dispose();
}
