// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Programs;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Forwarding;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vipd.Hooks;
using LoadBalancer.Vipd.Plane;
using LoadBalancer.Vipd.Tracking;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd;

/// <summary>
/// What works beside the election: what is tracked tells it, hooks and forwarding are told by it. None of it is waited for, and
/// none of it can hold an advertisement up.
/// </summary>
internal sealed class Companions : ITrackSink, IAsyncDisposable
{
    private readonly ProgramRunner _programs = new();
    private readonly ConfiguredPrograms _configured;
    private readonly TrackingPlane _tracking;
    private readonly HookRunner _hooks;
    private readonly ForwardingPlane _forwarding;
    private readonly HealthTools _tools;
    private readonly ProtocolPlane _plane;
    private readonly string _nodeName;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServiceTrack> _services = new(StringComparer.Ordinal);
    private readonly HashSet<string> _masters = new(StringComparer.Ordinal);
    private VipConfiguration _configuration = new();
    private bool _mastersChanged;

    /// <summary>Begins with nothing to do; the node is called so where the configuration gives it no name.</summary>
    public Companions(ProtocolPlane plane, string nodeName, ILogger logger, TimeProvider time)
    {
        _plane = plane;
        _nodeName = nodeName;
        _configured = new(_programs);
        _tools = new() { Scripts = _configured, Time = time };
        _hooks = new(_programs, logger, time);
        _forwarding = new(static (out string reason) => ForwardKernel.TryOpen(out IForwardKernel? kernel, out reason) ? kernel : null, _tools, logger);
        _tracking = new(this, _programs, logger, time);
    }

    public ForwardingStatus Forwarding => _forwarding.Status;

    public HookCounts HookCounts => _hooks.Counts;

    /// <summary>End with a fault when a part does.</summary>
    public IEnumerable<Task> Completions => [_programs.Completion, _tracking.Completion, _forwarding.Completion];

    public async Task ApplyAsync(VipConfiguration configuration)
    {
        List<ServiceTrack> ended;
        lock (_gate)
        {
            _configuration = configuration;
            ended = ApplyServices(configuration.Services);
        }

        foreach (ServiceTrack track in ended)
        {
            await track.DisposeAsync().ConfigureAwait(false);
        }

        _configured.Apply(configuration.Global);
        _tracking.Apply(configuration);
        _forwarding.Apply(configuration);
        TellHeld();
    }

    /// <summary>Only the real servers of virtual servers are others.</summary>
    public void ApplyServers(VipConfiguration configuration)
    {
        lock (_gate)
        {
            _configuration = configuration;
        }

        _forwarding.Apply(configuration);
    }

    public void Take(TrackReport report)
    {
        _plane.Take(report);
        _forwarding.Take(report);
        lock (_gate)
        {
            foreach (ServiceTrack track in _services.Values)
            {
                track.Take(report);
            }
        }
    }

    /// <summary>An instance became master here, or is master no more.</summary>
    public void Master(string instance, bool isMaster)
    {
        lock (_gate)
        {
            _mastersChanged |= isMaster ? _masters.Add(instance) : _masters.Remove(instance);
        }
    }

    /// <summary>What came in a row is told: a thousand instances that move are one change for forwarding.</summary>
    public void Settle()
    {
        if (_mastersChanged)
        {
            _mastersChanged = false;
            TellHeld();
        }
    }

    public void Tell(HookCall call, ValueList<NotifyHook> own)
    {
        VipConfiguration configuration = _configuration;
        GlobalSettings global = configuration.Global.NodeName.Length > 0 ? configuration.Global : configuration.Global with { NodeName = _nodeName };
        _hooks.Tell(call, own, global);
        _hooks.Tell(call, configuration.Notify, global);
    }

    private void TellHeld()
    {
        lock (_gate)
        {
            _forwarding.Holds([.. _configuration.Instances
                .Where(i => _masters.Contains(i.Name))
                .SelectMany(static i => i.Addresses.Concat(i.ExcludedAddresses))
                .Concat(_configuration.StaticAddresses)
                .Select(static a => a.Address.Address)
                .Distinct()]);
        }
    }

    private List<ServiceTrack> ApplyServices(ValueList<TrackedService> services)
    {
        List<ServiceTrack> ended = [];
        Dictionary<string, TrackedService> wanted = services.ToDictionary(static s => s.Name, StringComparer.Ordinal);
        foreach ((string name, ServiceTrack track) in _services.ToArray())
        {
            if (wanted.GetValueOrDefault(name) == track.Service)
            {
                wanted.Remove(name);
            }
            else
            {
                _services.Remove(name);
                ended.Add(track);
            }
        }

        foreach ((string name, TrackedService service) in wanted)
        {
            // Its first report may come on this very call.
            _services.Add(name, new ServiceTrack(service, _tools, _plane));
        }

        return ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _tracking.DisposeAsync().ConfigureAwait(false);
        foreach (ServiceTrack track in _services.Values)
        {
            await track.DisposeAsync().ConfigureAwait(false);
        }

        await _forwarding.DisposeAsync().ConfigureAwait(false);
        await _hooks.DisposeAsync().ConfigureAwait(false);
        _programs.Dispose();
    }
}
