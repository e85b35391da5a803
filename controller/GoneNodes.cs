// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Configuration;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Primitives;
using LoadBalancer.Runtime;

namespace LoadBalancer.Controller;

/// <summary>
/// Removes what speakers have written of themselves on nodes that exist no longer: their sessions in the status of BGPPeers, their
/// ServiceL2Statuses and ServiceBGPStatuses. The speakers write these, each its own; once a node is gone nobody else would. A
/// speaker that is there after all, on a node made anew, writes its own again: nothing but a moment of it is lost.
/// </summary>
internal sealed class GoneNodes(TermContext context)
{
    // A node that is about to join is told of by two watches, and one that is deleted has a speaker for a while yet.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestMemory = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MonoTime> _missedSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<Remnant, MonoTime> _remnants = [];
    private Task _running = Task.CompletedTask;
    private EventLoop<ControllerEvent>? _loop;
    private CancellationToken _ended;
    private MonoTime _lookAt = MonoTime.Never;
    private bool _isBusy;
    private bool _synced;

    public void Attach(EventLoop<ControllerEvent> loop, CancellationToken ended)
    {
        _loop = loop;
        _ended = ended;
    }

    public Task DrainAsync() => _running;

    public void Take(in InformerEvent<Node> change, MonoTime now)
    {
        switch (change.Type)
        {
            case InformerEventType.Synced:
                _synced = true;
                _lookAt = now;
                break;
            case InformerEventType.Deleted:
                _nodes.Remove(change.Item!.Metadata.Name!);
                _missedSince[change.Item.Metadata.Name!] = now;
                _lookAt = MonoTime.Min(_lookAt, now + Grace);
                break;
            case InformerEventType.Added:
            case InformerEventType.Updated:
                string name = change.Item!.Metadata.Name!;
                if (_nodes.Add(name))
                {
                    _missedSince.Remove(name);
                    Forget(r => r.Node == name);
                }

                return;
            default:
                throw new UnreachableException();
        }

        foreach ((string peer, string[] nodes) in _sessions)
        {
            Note(peer, nodes, now);
        }
    }

    public void Take(in InformerEvent<BGPPeer> change, MonoTime now)
    {
        if (change.Item is not { } peer)
        {
            return;
        }

        string name = peer.Metadata.Name!;
        string[] nodes = change.Type == InformerEventType.Deleted ? [] : [.. peer.Status.Sessions.Select(s => s.Node)];
        Forget(r => r.Kind == RemnantKind.Session && r.Name == name && !nodes.Contains(r.Node));
        _sessions.Remove(name);
        if (nodes.Length > 0)
        {
            _sessions.Add(name, nodes);
            Note(name, nodes, now);
        }
    }

    public void Take(RemnantsFound found, MonoTime now)
    {
        _isBusy = false;
        if (found.Fault is { } fault)
        {
            _lookAt = MonoTime.Min(_lookAt, now + RetryInterval);
            Log.RemnantsFailed(context.Logger, fault.Message);
            return;
        }

        Forget(r => r.Kind != RemnantKind.Session && !found.Remnants.Contains(r));
        foreach (Remnant remnant in found.Remnants)
        {
            Note(remnant, now);
        }
    }

    public void Take(RemnantsRemoved removed, MonoTime now)
    {
        _isBusy = false;
        foreach (Remnant remnant in removed.Remnants)
        {
            // Of a session the watch says when it is gone. One that somebody else has written under another name stays, and is not
            // asked for again and again.
            if (removed.Fault is null && remnant.Kind != RemnantKind.Session)
            {
                _remnants.Remove(remnant);
            }
            else if (_remnants.ContainsKey(remnant))
            {
                _remnants[remnant] = now + RetryInterval;
            }
        }

        if (removed.Fault is { } fault)
        {
            Log.RemnantsFailed(context.Logger, fault.Message);
        }
    }

    /// <summary>Starts what is due, one request after the other; returns when something is.</summary>
    public MonoTime Settle(MonoTime now)
    {
        if (!_synced || _isBusy || !context.Elector.IsLeader)
        {
            return MonoTime.Never;
        }

        if (_lookAt <= now)
        {
            _lookAt = MonoTime.Never;
            ForgetLongGone(now);
            Start(LookAsync());
            return MonoTime.Never;
        }

        Remnant[] due = [.. _remnants.Where(r => r.Value <= now).Select(r => r.Key)];
        if (due.Length > 0)
        {
            Log.RemnantsRemoved(context.Logger, due.Length, string.Join(", ", due.Select(r => r.Node).Distinct().Order(StringComparer.Ordinal)));
            Start(RemoveAsync(due));
            return MonoTime.Never;
        }

        return _remnants.Count == 0 ? _lookAt : MonoTime.Min(_lookAt, _remnants.Values.Min());
    }

    private void Note(string peer, string[] nodes, MonoTime now)
    {
        foreach (string node in nodes)
        {
            Note(new Remnant(RemnantKind.Session, peer, null, node), now);
        }
    }

    private void Note(Remnant remnant, MonoTime now)
    {
        // Before all nodes are read any may be missing.
        if (!_synced || _nodes.Contains(remnant.Node))
        {
            return;
        }

        if (!_missedSince.TryGetValue(remnant.Node, out MonoTime since))
        {
            _missedSince.Add(remnant.Node, since = now);
        }

        _remnants.TryAdd(remnant, since + Grace);
    }

    private void Forget(Func<Remnant, bool> which)
    {
        foreach (Remnant gone in _remnants.Keys.Where(which).ToArray())
        {
            _remnants.Remove(gone);
        }
    }

    private void ForgetLongGone(MonoTime now)
    {
        foreach (string node in _missedSince.Where(m => m.Value + LongestMemory < now).Select(m => m.Key).ToArray())
        {
            _missedSince.Remove(node);
        }
    }

    private void Start(Task<ControllerEvent> work)
    {
        _isBusy = true;
        _running = RunAsync(work);
    }

    private async Task RunAsync(Task<ControllerEvent> work)
    {
        try
        {
            await _loop!.PostAsync(await work.ConfigureAwait(false), _ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The next term looks for itself.
        }
    }

    private async Task<ControllerEvent> LookAsync()
    {
        Selection ours = new(context.Options.Namespace);
        try
        {
            var l2 = await context.Client.ListAsync(Kinds.ServiceL2Status, ours, _ended).ConfigureAwait(false);
            var bgp = await context.Client.ListAsync(Kinds.ServiceBGPStatus, ours, _ended).ConfigureAwait(false);
            return new RemnantsFound(
            [
                .. l2.Items.Where(s => s.Status.Node is { Length: > 0 }).Select(s => new Remnant(RemnantKind.ServiceL2Status, s.Metadata.Name!, s.Metadata.Uid, s.Status.Node!)),
                .. bgp.Items.Where(s => s.Status.Node is { Length: > 0 }).Select(s => new Remnant(RemnantKind.ServiceBGPStatus, s.Metadata.Name!, s.Metadata.Uid, s.Status.Node!)),
            ],
            null);
        }
        catch (ApiException fault)
        {
            return new RemnantsFound([], fault);
        }
    }

    private async Task<ControllerEvent> RemoveAsync(Remnant[] remnants)
    {
        ApiException? first = null;
        foreach (Remnant remnant in remnants)
        {
            try
            {
                await RemoveAsync(remnant).ConfigureAwait(false);
            }
            catch (ApiException fault)
            {
                // A conflict says that another object has the name by now, and that one is not ours to judge yet.
                first ??= fault.IsConflict ? null : fault;
            }
        }

        return new RemnantsRemoved(remnants, first);
    }

    private Task RemoveAsync(Remnant remnant) => remnant.Kind switch
    {
        RemnantKind.Session => SessionApply.RemoveAsync(context.Client, context.Options.Namespace, remnant.Name, remnant.Node, _ended),
        RemnantKind.ServiceL2Status => context.Client.DeleteAsync(Kinds.ServiceL2Status, context.Options.Namespace, remnant.Name, new DeleteOptions(Uid: remnant.Uid), _ended),
        RemnantKind.ServiceBGPStatus => context.Client.DeleteAsync(Kinds.ServiceBGPStatus, context.Options.Namespace, remnant.Name, new DeleteOptions(Uid: remnant.Uid), _ended),
        _ => throw new UnreachableException(),
    };
}
