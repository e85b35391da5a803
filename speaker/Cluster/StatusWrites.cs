// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Primitives;

namespace LoadBalancer.Speaker.Cluster;

/// <summary>
/// Which Services' statuses are to be looked at, and the writes that come of it: one at a time for a Service, some at once in
/// all. Next says what is to be written for a Service, if anything; post takes the end of each write to the loop that owns this.
/// </summary>
internal sealed class StatusWrites(Func<ObjectKey, Func<Task>?> next, Func<ObjectKey, ApiException?, ValueTask> post)
{
    private const int MostWrites = 16;
    private readonly Dictionary<ObjectKey, MonoTime> _notBefore = [];
    private readonly HashSet<ObjectKey> _dirty = [];
    private readonly HashSet<ObjectKey> _writing = [];
    private readonly HashSet<Task> _running = [];

    /// <summary>Whether nothing is to be looked at and nothing is under way.</summary>
    public bool IsIdle => _dirty.Count == 0 && _writing.Count == 0;

    /// <summary>Whether a write for the Service is under way.</summary>
    public bool IsWriting(ObjectKey service) => _writing.Contains(service);

    /// <summary>The Service is to be looked at.</summary>
    public void Mark(ObjectKey service) => _dirty.Add(service);

    /// <summary>The Service is not looked at before this instant.</summary>
    public void Delay(ObjectKey service, MonoTime until) => _notBefore[service] = until;

    /// <summary>The Service need not wait any more.</summary>
    public void Hasten(ObjectKey service) => _notBefore.Remove(service);

    /// <summary>A write has ended, and the Service is to be looked at again.</summary>
    public void End(ObjectKey service)
    {
        _writing.Remove(service);
        _dirty.Add(service);
    }

    /// <summary>Starts the writes that are due; returns when the next one is.</summary>
    public MonoTime Settle(MonoTime now)
    {
        MonoTime soonest = MonoTime.Never;
        foreach (ObjectKey service in _dirty)
        {
            // The end of a write brings the next look: until then the others are not gone through, of which there may be thousands.
            if (_writing.Count >= MostWrites)
                break;
            if (_writing.Contains(service))
                continue;
            if (_notBefore.TryGetValue(service, out MonoTime due) && due > now)
            {
                soonest = MonoTime.Min(soonest, due);
                continue;
            }

            _notBefore.Remove(service);
            _dirty.Remove(service);
            if (next(service) is { } write)
            {
                _writing.Add(service);
                _running.RemoveWhere(static t => t.IsCompleted);
                _running.Add(RunAsync(service, write));
            }
        }

        return soonest;
    }

    /// <summary>Ends when no write is under way.</summary>
    public Task DrainAsync() => Task.WhenAll(_running);

    private async Task RunAsync(ObjectKey service, Func<Task> write)
    {
        ApiException? fault = null;
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (ApiException failed)
        {
            fault = failed;
        }
        catch (OperationCanceledException)
        {
            // The speaker stops.
            return;
        }

        await post(service, fault).ConfigureAwait(false);
    }
}
