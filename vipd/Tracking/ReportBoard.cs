// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using LoadBalancer.Vrrp.Tracking;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Tracking;

/// <summary>What was last reported of each tracked object. The sink and the log are told what changes, and of that once.</summary>
internal sealed class ReportBoard(ITrackSink sink, ILogger logger)
{
    private readonly ConcurrentDictionary<(TrackedKind Kind, string Name), TrackReport> _reports = new();
    private readonly Dictionary<(TrackedKind Kind, string Name), string> _problems = [];

    /// <summary>All of it, in the order of kinds and names; any thread may ask.</summary>
    public IReadOnlyList<TrackReport> Current =>
        [.. _reports.Values.OrderBy(static r => r.Kind).ThenBy(static r => r.Name, StringComparer.Ordinal)];

    /// <summary>Takes what is known now; <paramref name="problem"/> when it is so because something must be mended.</summary>
    public void Take(TrackReport report, bool problem = false)
    {
        (TrackedKind Kind, string Name) key = (report.Kind, report.Name);
        bool known = _reports.TryGetValue(key, out TrackReport before);
        _reports[key] = report;
        if (problem && _problems.GetValueOrDefault(key) != report.Detail)
            Log.Problem(logger, Words(report.Kind, report.Name), report.Detail);
        if (problem)
            _problems[key] = report.Detail;
        else
            _problems.Remove(key);
        if (known && before.State == report.State && before.Value == report.Value)
            return;
        if (report.Value is { } value)
            Log.Value(logger, Words(report.Kind, report.Name), value);
        else if (report.State == TrackState.Up)
            Log.Up(logger, Words(report.Kind, report.Name), report.Detail);
        else if (report.State == TrackState.Down && !problem)
            Log.Down(logger, Words(report.Kind, report.Name), report.Detail);
        sink.Take(report);
    }

    /// <summary>Something begins to be tracked: what was known of one of its name goes on to count until there is better.</summary>
    public void Begin(TrackReport report)
    {
        if (!_reports.ContainsKey((report.Kind, report.Name)))
            Take(report);
    }

    /// <summary>Nothing of that kind and name is tracked any more.</summary>
    public void Forget(TrackedKind kind, string name)
    {
        _reports.TryRemove((kind, name), out _);
        _problems.Remove((kind, name));
    }

    private static string Words(TrackedKind kind, string name) => kind switch
    {
        TrackedKind.Interface => $"interface {name}",
        TrackedKind.Script => $"scripts.{name}",
        TrackedKind.Process => $"processes.{name}",
        TrackedKind.File => $"files.{name}",
        TrackedKind.Route => $"routes.{name}",
        TrackedKind.Service => $"services.{name}",
        TrackedKind.BfdPeer => $"bfdPeers.{name}",
        _ => throw new UnreachableException(),
    };
}
