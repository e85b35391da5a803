// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Health;
using LoadBalancer.Vrrp.Tracking;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>
/// A tracked service: a check of something on this node, whose verdict is a report. Its first answer counts at once; until then
/// nothing is known, unless the check says that it begins down.
/// </summary>
internal sealed class ServiceTrack : IAsyncDisposable
{
    private readonly HealthWatch _watch;

    /// <summary>Begins; without an address the check asks this node by its loopback.</summary>
    public ServiceTrack(TrackedService service, HealthTools tools, ITrackSink sink)
    {
        TrackState begin = service.Check.StartDown == true ? TrackState.Down : TrackState.Unknown;
        Service = service;
        if (begin == TrackState.Down)
        {
            sink.Take(new(TrackedKind.Service, service.Name, TrackState.Down, null, "not asked yet"));
        }

        _watch = new(service.Check, IpAddr.FromUInt32(0x7F000001), 0, tools, begin, verdict =>
            sink.Take(new(TrackedKind.Service, service.Name, verdict.IsUp ? TrackState.Up : TrackState.Down, null, verdict.Words)));
    }

    /// <summary>What is tracked.</summary>
    public TrackedService Service { get; }

    /// <summary>A check of a file or BFD peer lives by reports of those.</summary>
    public void Take(TrackReport report) => _watch.Take(report);

    /// <summary>Ends; nothing is reported after it.</summary>
    public ValueTask DisposeAsync() => _watch.DisposeAsync();
}
