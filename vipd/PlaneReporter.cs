// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Plane;
using LoadBalancer.Vrrp;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>Tells the world what the protocol thread did: in the log, so that a failover can be read from it, and in counters.</summary>
internal sealed class PlaneReporter(ChannelReader<PlaneNotice> notices, Companions companions, Action happened, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Instance, string To, string Reason), long> _transitions = [];

    /// <summary>Changes of state so far, by instance, state reached and reason.</summary>
    public IReadOnlyList<((string Instance, string To, string Reason) Key, long Count)> Transitions
    {
        get
        {
            lock (_gate)
            {
                return [.. _transitions.Select(static t => (t.Key, t.Value))];
            }
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (PlaneNotice notice in notices.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                Take(notice);
                if (!notices.TryPeek(out _))
                {
                    happened();
                    companions.Settle();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What happened last is told before the daemon ends.
            while (notices.TryRead(out PlaneNotice notice))
            {
                Take(notice);
            }
        }
    }

    private void Take(in PlaneNotice notice)
    {
        if (notice.Group is { } group)
        {
            Log.GroupChanged(logger, group.Name, notice.GroupEvent.ToString().ToLowerInvariant());
            companions.Tell(
                new(IsGroup: true, group.Name, notice.GroupEvent, notice.Priority, "", notice.GroupBefore?.ToString().ToUpperInvariant() ?? "INIT", notice.GroupEvent.ToString().ToUpperInvariant()), group.Notify);
            return;
        }

        VipInstance instance = notice.Instance!.Instance;
        if (notice.PriorityBefore is { } before)
        {
            Log.PriorityChanged(logger, instance.Name, before, notice.Priority, notice.Detail);
            return;
        }

        if (notice.HeardLower)
        {
            companions.Tell(
                new(IsGroup: false, instance.Name, NotifyEvent.LowerPriorityMaster, notice.Priority, "a lower priority was heard", "MASTER", "MASTER"), instance.Notify);
            return;
        }

        VrrpNotice told = notice.Notice;
        switch (told.Kind)
        {
            case VrrpNoticeKind.StateChanged:
                OnTransition(instance, notice);
                break;
            case VrrpNoticeKind.MasterChanged:
                Log.MasterChanged(logger, instance.Name, told.Peer);
                break;
            case VrrpNoticeKind.Mismatch:
                Log.Mismatch(logger, instance.Name, told.Peer, Words.Of(told.Mismatch));
                break;
            case VrrpNoticeKind.YieldUnanswered:
                Log.YieldUnanswered(logger, instance.Name);
                break;
            case VrrpNoticeKind.Overslept:
                Log.Overslept(logger, instance.Name, told.Late);
                break;
            case VrrpNoticeKind.WantsMaster:
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void OnTransition(VipInstance instance, in PlaneNotice notice)
    {
        VrrpNotice told = notice.Notice;
        string reason = told.Reason.ToString();
        lock (_gate)
        {
            var key = (instance.Name, Words.Of(told.To), reason);
            _transitions[key] = _transitions.GetValueOrDefault(key) + 1;
        }

        string detail = notice.Detail.Length > 0 ? $": {notice.Detail}"
            : told.Peer != default ? $": {told.Peer}"
            : told.Late > TimeSpan.Zero ? $", by {told.Late.TotalMilliseconds:0} ms"
            : "";
        Log.Transition(logger, instance.Name, Words.Of(told.From), Words.Of(told.To), Words.Of(told.Reason), detail, notice.Priority);
        companions.Master(instance.Name, told.To == VrrpState.Master);
        NotifyEvent happened = EventOf(told, notice.IsDeleted);
        companions.Tell(
            new(IsGroup: false, instance.Name, happened, notice.Priority, Words.Of(told.Reason) + detail, StateWord(told.From), happened.ToString().ToUpperInvariant()), instance.Notify);
    }

    private static NotifyEvent EventOf(in VrrpNotice told, bool isDeleted) => told.To switch
    {
        VrrpState.Master => NotifyEvent.Master,
        VrrpState.Backup => NotifyEvent.Backup,
        VrrpState.Initialize => told.Reason != VrrpReason.Stopped ? NotifyEvent.Fault : isDeleted ? NotifyEvent.Deleted : NotifyEvent.Stop,
        _ => throw new UnreachableException(),
    };

    private static string StateWord(VrrpState state) => state switch
    {
        VrrpState.Master => "MASTER",
        VrrpState.Backup => "BACKUP",
        VrrpState.Initialize => "INIT",
        _ => throw new UnreachableException(),
    };
}
