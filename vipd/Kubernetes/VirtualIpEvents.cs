// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// Tells of VirtualIPs what <c>kubectl describe</c> is to show: who became master, who is no more, and what is refused. Each is told
/// when it comes about; equal ones are counted, and there is a limit to how many are written.
/// </summary>
internal sealed class VirtualIpEvents(Action<IKubeObject, EventType, string, string> record, string node)
{
    public const string BecameMaster = "BecameMaster";
    public const string LostMaster = "LostMaster";
    public const string SharedRouterId = "SharedRouterID";

    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);

    /// <summary>Compares with what was told before.</summary>
    /// <param name="objects">The VirtualIPs that are there.</param>
    /// <param name="result">What became of them.</param>
    /// <param name="reports">How the instances of this node stand.</param>
    /// <param name="isNode">Whether an address is one of a node of the cluster.</param>
    public void Take(IReadOnlyDictionary<string, VirtualIP> objects, ClusterResult result, IReadOnlyDictionary<string, VirtualIpReport> reports, Predicate<string> isNode)
    {
        foreach (string gone in _told.Keys.Where(name => !objects.ContainsKey(name)).ToArray())
            _told.Remove(gone);
        foreach ((string name, VirtualIP item) in objects)
        {
            if (!result.VirtualIPs.TryGetValue(name, out Verdict verdict))
                continue;
            Told told = _told.GetValueOrDefault(name);
            // What is wrong everywhere one node says for all.
            Verdict? refused = !verdict.IsAccepted && (verdict.IsLocal || result.Led.Contains(name)) ? verdict : null;
            if (refused is { } wrong && told.Refused != wrong)
                record(item, EventType.Warning, wrong.Reason, wrong.Message);
            VirtualIpReport? report = verdict.IsAccepted ? reports.GetValueOrDefault(name) : null;
            Tell(item, told, report);
            // Every node hears it, and one says it for all. Nodes that do not agree with each other yet are no strangers.
            string stranger = report is { Stranger: { Length: > 0 } heard } && !isNode(heard) && (report.IsMaster || result.Led.Contains(name)) ? heard : "";
            if (stranger.Length > 0 && told.Stranger != stranger)
                record(item, EventType.Warning, SharedRouterId, $"{stranger}, which is no node of this cluster, uses virtualRouterID {RouterIds.InForce(item)} on the segment of {report!.Interface} of node \"{node}\" for other addresses, and is taken for one of us: change the number there, or give another as spec.virtualRouterID");
            _told[name] = new(refused, report is { IsMaster: true }, report?.Transitions ?? 0, stranger);
        }
    }

    private void Tell(VirtualIP item, Told told, VirtualIpReport? report)
    {
        if (report is { IsMaster: true })
        {
            // It may have been lost and won again since it was looked at last.
            if (!told.IsMaster || report.Transitions > told.Transitions)
                record(item, EventType.Normal, BecameMaster, $"node \"{node}\" is master and holds {string.Join(", ", item.Spec.Addresses)}{Because(report.Reason)}");
        }
        else if (told.IsMaster)
        {
            record(
                item,
                report is { State: VirtualIpReport.Fault } ? EventType.Warning : EventType.Normal,
                LostMaster,
                $"node \"{node}\" is master no more{Because(report?.Reason ?? "it takes no part any longer")}");
        }
    }

    private static string Because(string reason) => reason.Length > 0 ? $": {reason}" : "";

    private readonly record struct Told(Verdict? Refused, bool IsMaster, long Transitions, string? Stranger);
}
