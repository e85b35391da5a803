// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Kubernetes.Events;
using LoadBalancer.Kubernetes.Informers;
using LoadBalancer.Kubernetes.Model;
using LoadBalancer.Runtime;
using LoadBalancer.VipConfig;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// A configuration that comes from Kubernetes: of VirtualIP objects, and of kube-keepalived-vip's ConfigMap. Nothing waits for it:
/// without an API server there is none yet, and when the server goes away the last one goes on to hold.
/// </summary>
internal sealed class KubernetesConfiguration : IAsyncDisposable
{
    private const int Mailbox = 4096;

    // The type that passwords have: other Secrets are not asked for.
    private const string BasicAuth = "type=kubernetes.io/basic-auth";

    private readonly InformerGroup _informers = new();
    private readonly HashSet<Type> _awaited = [];
    private readonly Channel<VipConfiguration> _changes = Channel.CreateBounded<VipConfiguration>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _ending = new();
    private readonly EventLoop<ClusterEvent> _loop;
    private readonly ClusterLoop _cluster;
    private readonly StatusKeeper _statuses;
    private readonly EventRecorder _events;
    private readonly KubernetesOptions _options;
    private readonly ApiClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private VipConfiguration _beside = new();
    private IReadOnlyList<VirtualIpReport> _reports = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Follows nothing until it is started. The client is the caller's.</summary>
    public KubernetesConfiguration(KubernetesOptions options, ApiClient client, IRouterEar ear, TimeProvider time, ILogger logger, Func<ValueList<LocalLink>>? links = null)
    {
        _options = options;
        _client = client;
        _time = time;
        _logger = logger;
        _loop = new(Mailbox, time);
        _statuses = new(new VirtualIpStatusWriter(client, options.NodeName), options.NodeName, written => _loop.PostAsync(written, _ending.Token), time, logger, _ending.Token);
        _events = new(client, new EventRecorderOptions { Component = "vipd", Instance = options.NodeName }, time, new Random(), logger);
        VirtualIpEvents events = new(_events.Record, options.NodeName);
        _cluster = new(options, _awaited, links ?? LocalLink.All, () => Volatile.Read(ref _beside), () => Volatile.Read(ref _reports), _changes.Writer, _statuses, events, ear, logger);
        string? services = options.WatchNamespace.Length > 0 ? options.WatchNamespace : null;
        Follow(Kinds.Node, null, static change => new NodeChanged(change), Trims.Trim);
        Follow(Kinds.Service, services, static change => new ServiceChanged(change), Trims.Trim);
        Follow(Kinds.EndpointSlice, services, static change => new SliceChanged(change), Trims.Trim);
        if (options.FollowsVirtualIPs)
        {
            Follow(Kinds.VirtualIP, null, static change => new VirtualIpChanged(change), null);
            // Not awaited: where none may be read, what needs none is held all the same.
            Follow(Kinds.Secret, options.Namespace, static change => new SecretChanged(change), Trims.Trim, BasicAuth, isAwaited: false);
        }

        if (options.ServicesConfigMap is { } map)
            Follow(Kinds.ConfigMap, map.Namespace, static change => new ConfigMapChanged(change), null, $"metadata.name={map.Name}");
    }

    /// <summary>A client for what the command line, the environment or the pod says of the API server.</summary>
    /// <exception cref="KubeConfigException">None of them says how to reach one; the message names the remedy.</exception>
    public static ApiClient ClientOf(KubernetesOptions options, TimeProvider time)
    {
        KubeConfig config = KubeConfig.LoadDefault(options.KubeConfigPath, Environment.GetEnvironmentVariable);
        if (options.Server is { } server)
        {
            config = new()
            {
                Server = new Uri(server),
                CertificateAuthority = config.CertificateAuthority,
                CertificateAuthorityFile = config.CertificateAuthorityFile,
                InsecureSkipTlsVerify = config.InsecureSkipTlsVerify,
                TlsServerName = config.TlsServerName,
                Token = config.Token,
                TokenFile = config.TokenFile,
                ClientCertificate = config.ClientCertificate,
                ClientKey = config.ClientKey,
                Namespace = config.Namespace,
                Source = config.Source,
            };
        }

        return new ApiClient(config, new ApiClientOptions { UserAgent = "vipd" }, time, new Random());
    }

    /// <summary>The cluster's part of the configuration, each time it is another; of several the last remains.</summary>
    public ChannelReader<VipConfiguration> Changes => _changes.Reader;

    /// <summary>How often everything was made anew; from any thread.</summary>
    public int Compilations => _cluster.Compilations;

    /// <summary>Ends when it does; carries the fault that ended it.</summary>
    public Task Completion => _running;

    /// <summary>Which kinds have not been read yet, and why; null when all have.</summary>
    public string? Missing() => _informers.Missing();

    /// <summary>Which kinds the API server does not tell of at present, and why; null when it tells of all.</summary>
    public string? LostContact() => _informers.LostContact();

    /// <summary>Begins to follow the cluster.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Takes how all instances of this node stand. Never waits; of several the last counts.</summary>
    public void Report(IReadOnlyList<VirtualIpReport> reports)
    {
        Volatile.Write(ref _reports, reports);
        // A mailbox that is full wakes the loop by itself.
        _ = _loop.TryPost(new Reported());
    }

    /// <summary>Takes what the file says: what the cluster says is judged beside it. Never waits; of several the last counts.</summary>
    public void Beside(VipConfiguration file)
    {
        Volatile.Write(ref _beside, file);
        _ = _loop.TryPost(new FileConfigured());
    }

    private async Task RunAsync()
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        Task[] parts = [_loop.RunAsync(_cluster, either.Token), _informers.RunAsync(either.Token), FindSelectorAsync(either.Token), _events.RunAsync(either.Token)];
        try
        {
            Task first = await Task.WhenAny(parts[0], parts[1]);
            await either.CancelAsync();
            await first;
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // It is over.
        }
    }

    // kube-keepalived-vip's neighbours are the nodes its own pod could run on.
    private async Task FindSelectorAsync(CancellationToken cancellation)
    {
        if (_options.ServicesConfigMap is null || _options.PodName.Length == 0)
            return;
        try
        {
            Pod pod = await _client.GetAsync(Kinds.Pod, _options.Namespace, _options.PodName, cancellation);
            await _loop.PostAsync(new PodSelectorKnown(pod.Spec.NodeSelector), cancellation);
        }
        catch (Exception fault) when (fault is ApiException or HttpRequestException or IOException or TimeoutException)
        {
            Log.PodUnknown(_logger, new ObjectKey(_options.Namespace, _options.PodName), fault.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It is over before it was known.
        }
    }

    private void Follow<T>(ResourceKind<T> kind, string? place, Func<InformerEvent<T>, ClusterEvent> wrap, Action<T>? trim, string? fields = null, bool isAwaited = true)
        where T : class, IKubeObject
    {
        if (isAwaited)
            _awaited.Add(typeof(T));
        _informers.Add(kind, new Informer<T>(
            _client,
            kind,
            new Selection(place, null, fields),
            (change, cancellation) => _loop.PostAsync(wrap(change), cancellation),
            new InformerOptions(),
            _time,
            new Random(),
            _logger,
            trim));
    }

    /// <summary>Follows no more; what is written is written to its end, or for a little while.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        await _statuses.DrainAsync();
        _changes.Writer.TryComplete();
        _ending.Dispose();
    }
}
