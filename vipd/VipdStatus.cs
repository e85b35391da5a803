// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.Json;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Control;
using LoadBalancer.Vipd.Holding;
using LoadBalancer.Vipd.Plane;

namespace LoadBalancer.Vipd;

/// <summary>What the daemon says of itself.</summary>
internal sealed class VipdStatus(VipdOptions options, ProtocolPlane plane, AcceptFilter accept, Companions companions, ClusterDoor? cluster, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private volatile ConfigurationRow _configuration = new(options.ConfigPath, time.GetUtcNow(), []);
    private volatile PlaneView? _last;
    private volatile string _node = options.NodeName;
    private volatile bool _ready;

    public static string Version { get; } = typeof(VipdStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>What was seen last of the protocol thread; null before the first look.</summary>
    public PlaneView? Last => _last;

    public bool IsConfigurationRefused => _configuration.Refused.Count > 0;

    public string Node => _node;

    public string? Unhealthy() => plane.Reactor.Completion.IsCompleted ? "the protocol thread has ended" : null;

    public string? NotReady() => _ready ? cluster?.Missing() : "the configuration is not in force yet";

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all, or is not asked.</summary>
    public string? LostContact => cluster?.LostContact();

    /// <summary>What of the file does not run although it is in force.</summary>
    public IReadOnlyList<LeftOutRow> LeftOut => _configuration.LeftOut;

    public void InForce(string node)
    {
        _node = node;
        _ready = true;
    }

    /// <summary>The file was read and is in force, but for what is left out.</summary>
    public void Read(IReadOnlyList<string> problems, IEnumerable<LeftOut> leftOut) =>
        _configuration = new(options.ConfigPath, time.GetUtcNow(), problems) { LeftOut = [.. leftOut.Select(static l => new LeftOutRow(l.Path, l.Why))] };

    public void Refused(IReadOnlyList<string> problems) => _configuration = _configuration with { Refused = problems };

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(Patience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _last = await plane.LookAsync(time).WaitAsync(both.Token).ConfigureAwait(false);
    }

    public async Task<string> ToJsonAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        PlaneView view = _last!;
        return JsonSerializer.Serialize(
            new StatusDocument
            {
                Node = _node,
                Version = Version,
                Maintenance = view.Maintenance,
                LostContact = LostContact,
                Configuration = _configuration,
                Problems = accept.Problem is { Length: > 0 } problem ? [problem] : [],
                Instances = view.Instances,
                Groups = view.Groups,
                Tracked = view.Tracked,
                Forwarding = companions.Forwarding,
            },
            StatusJson.Default.StatusDocument);
    }
}
