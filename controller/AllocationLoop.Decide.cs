// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Ipam;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Runtime;

namespace LoadBalancer.Controller;

internal sealed partial class AllocationLoop
{
    private readonly HashSet<Task> _running = [];
    private EventLoop<ControllerEvent>? _loop;
    private CancellationToken _ended;

    /// <summary>Tells where results of writes go; they end with the token.</summary>
    public void Attach(EventLoop<ControllerEvent> loop, CancellationToken ended)
    {
        _loop = loop;
        _ended = ended;
        _configuration.Attach(loop, ended);
        _report.Attach(loop, ended);
        _gone.Attach(loop, ended);
    }

    /// <summary>Waits for the writes that are under way when the loop has ended.</summary>
    public async Task DrainAsync()
    {
        await Task.WhenAll(_running).ConfigureAwait(false);
        await _configuration.DrainAsync().ConfigureAwait(false);
        await _report.DrainAsync().ConfigureAwait(false);
        await _gone.DrainAsync().ConfigureAwait(false);
    }

    private void Decide(ServiceKey key, ServiceEntry entry)
    {
        Service service = entry.Service;
        Decision decision = _allocator.Decide(Facts.Of(service));
        if (decision.ReprocessOthers)
        {
            RetryPending();
        }

        entry.Problem = decision.Events.LastOrDefault(e => e.Warning).Message ?? (decision.Pending ? entry.Problem : null);
        bool foreign = !Facts.IsLoadBalancer(service) && !Facts.BearsOurMark(service);
        if (foreign || (!decision.WriteStatus && !decision.WriteAnnotation))
        {
            Publish(entry, decision.Events);
            Retire(key, service);
            return;
        }

        Publish(entry, [.. decision.Events.Where(e => e.Warning)]);
        entry.Unpublished = [.. entry.Unpublished, .. decision.Events.Where(e => !e.Warning)];
        if (!_context.Elector.IsLeader)
        {
            // The Lease has run out under us. The term ends; whoever leads next decides.
            return;
        }

        entry.IsWriting = true;
        _writes++;
        Task task = WriteAsync(service, decision);
        _running.RemoveWhere(static t => t.IsCompleted);
        _running.Add(task);
    }

    // A Service that is of another kind now and bears no mark of ours is nothing to remember.
    private void Retire(ServiceKey key, Service service)
    {
        if (!Facts.IsLoadBalancer(service))
        {
            _services.Remove(key);
        }
    }

    private async Task WriteAsync(Service service, Decision decision)
    {
        try
        {
            ServiceWritten written = await _context.Writer.WriteAsync(service, decision, _ended).ConfigureAwait(false);
            await _loop!.PostAsync(written, _ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The term is over; the next one reads what became of the write.
        }
    }

    private void Publish(ServiceEntry entry, IReadOnlyList<ServiceEvent> events)
    {
        foreach (ServiceEvent item in events)
        {
            _context.Events.Record(entry.Service, item.Warning ? EventType.Warning : EventType.Normal, item.Reason, item.Message);
            Log.ServiceEvent(_context.Logger, Facts.KeyOf(entry.Service).ToString(), item.Reason, item.Message);
        }
    }
}
