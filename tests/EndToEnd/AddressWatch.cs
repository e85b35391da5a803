// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.EndToEnd;

/// <summary>
/// Follows every change of a scene's Services from beginning to end: no address of two at once, and none that changes or goes while
/// its Service lives. The Services must not share addresses.
/// </summary>
internal sealed class AddressWatch : IAsyncDisposable
{
    private readonly Scene _scene;
    private readonly ApiClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, (string Name, string Address)> _held = [];
    private readonly Dictionary<string, string> _holders = [];
    private readonly Lock _gate = new();
    private readonly Task _running;
    private ulong _seen;
    private string? _broken;
    private int _changes;

    public AddressWatch(Scene scene)
    {
        _scene = scene;
        _client = new(
            KubeConfig.LoadDefault(scene.World.Cluster.AdminKubeConfig, Environment.GetEnvironmentVariable), new ApiClientOptions(), TimeProvider.System, new Random());
        Informer<Service> informer = new(
            _client, Kinds.Service, new Selection(scene.Namespace), (change, _) => Take(change), new InformerOptions(), TimeProvider.System, new Random(), NullLogger.Instance);
        _running = informer.RunAsync(_stop.Token);
    }

    /// <summary>The first breach that was seen; null when there was none.</summary>
    public string? Broken
    {
        get
        {
            lock (_gate)
                return _broken;
        }
    }

    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Waits until the newest of these Services has passed by.</summary>
    public Task HasSeenAsync(IReadOnlyList<JsonNode> services)
    {
        var newest = services.Max(s => ulong.Parse((string)s["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture));
        return _scene.World.UntilAsync("the watch has come to the newest Service", Scene.Patience, () =>
        {
            lock (_gate)
                return Task.FromResult(_seen >= newest ? null : $"it is at {_seen} of {newest}");
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running);
        _client.Dispose();
        _stop.Dispose();
    }

    private ValueTask Take(InformerEvent<Service> change)
    {
        if (change.Item is not { } service)
            return ValueTask.CompletedTask;
        lock (_gate)
        {
            Interlocked.Increment(ref _changes);
            _seen = Math.Max(_seen, ulong.Parse(service.Metadata.ResourceVersion!, System.Globalization.CultureInfo.InvariantCulture));
            var (uid, name) = (service.Metadata.Uid!, service.Metadata.Name!);
            // A list after a broken watch may leave out that a Service was deleted and came again under its name.
            foreach (var (gone, held) in _held.Where(h => h.Value.Name == name && (h.Key != uid || change.Type == InformerEventType.Deleted)).ToArray())
            {
                _held.Remove(gone);
                _holders.Remove(held.Address);
            }

            if (change.Type != InformerEventType.Deleted)
                _broken ??= Look(uid, name, string.Join(',', service.Status.LoadBalancer.Ingress.Select(i => i.Ip)));
        }

        return ValueTask.CompletedTask;
    }

    private string? Look(string uid, string name, string address)
    {
        if (_held.TryGetValue(uid, out var before))
            return before.Address == address ? null : $"{name} had {before.Address} and then [{address}]";
        if (address.Length == 0)
            return null;
        _held[uid] = (name, address);
        return _holders.TryAdd(address, name) ? null : $"{address} was held by {_holders[address]} and by {name} at once";
    }
}
