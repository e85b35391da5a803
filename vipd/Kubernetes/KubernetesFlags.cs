// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using LoadBalancer.Kubernetes.Informers;

namespace LoadBalancer.Vipd.Kubernetes;

/// <summary>
/// The flags about Kubernetes. Those of kube-keepalived-vip have its names and meanings, so that a cluster moves over by changing
/// the image; --http-port and --release-vips are the daemon's own matter and only read here.
/// </summary>
internal sealed class KubernetesFlags
{
    private readonly Option<bool> _virtualIps = new("--virtual-ips") { Description = "Follow VirtualIP objects (loadbalancer.io/v1alpha1)" };
    private readonly Option<string> _services = new("--services-configmap") { Description = "ConfigMap (namespace/name) that lists addresses and the Services behind them, as for kube-keepalived-vip", DefaultValueFactory = _ => "" };
    private readonly Option<bool> _unicast = new("--use-unicast") { Description = "For the services ConfigMap: advertise to the other nodes one by one" };
    private readonly Option<int> _routerId = new("--vrid") { Description = "For the services ConfigMap: number of the virtual router, 1 to 255", DefaultValueFactory = _ => 50 };
    private readonly Option<int> _version = new("--vrrp-version") { Description = "For the services ConfigMap: version of VRRP, 2 or 3", DefaultValueFactory = _ => 3 };
    private readonly Option<string> _interface = new("--iface") { Description = "For the services ConfigMap: interface of the advertisements; without it the one that has the node's address", DefaultValueFactory = _ => "" };
    private readonly Option<bool> _proxy = new("--proxy-protocol-mode") { Description = "Read and refused entry by entry: no PROXY protocol header is sent" };
    private readonly Option<string> _watch = new("--watch-namespace") { Description = "Namespace of the Services that are looked at; without it all", DefaultValueFactory = _ => "" };
    private readonly Option<string> _server = new("--apiserver-host") { Description = "URL of the API server; without it that of the pod or the kubeconfig", DefaultValueFactory = _ => "" };
    private readonly Option<string> _kubeConfig = new("--kubeconfig") { Description = "Path of a kubeconfig", DefaultValueFactory = _ => "" };
    private readonly Option<int> _httpPort = new("--http-port") { Description = "Port on which /health is answered, as by kube-keepalived-vip; 0 for none", DefaultValueFactory = _ => 0 };
    private readonly Option<bool> _release = new("--release-vips") { Description = "Give up the addresses when the daemon stops", DefaultValueFactory = _ => true };

    public KubernetesFlags()
    {
        _services.Validators.Add(static result => Check(result, IsName, "is no namespace/name, such as kube-system/vip-configmap"));
        _routerId.Validators.Add(static result => Check(result, static text => InRange(text, 1, 255), "is no number from 1 to 255"));
        _version.Validators.Add(static result => Check(result, static text => InRange(text, 2, 3), "is no version of VRRP: use 2 or 3"));
        _httpPort.Validators.Add(static result => Check(result, static text => InRange(text, 0, 65535), "is no port: give a number from 0 (off) to 65535"));
        _server.Validators.Add(static result => Check(result, static text => text.Length == 0 || Uri.TryCreate(text, UriKind.Absolute, out _), "is no URL, such as https://192.0.2.10:6443"));
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_virtualIps, _services, _unicast, _routerId, _version, _interface, _proxy, _watch, _server, _kubeConfig, _httpPort, _release])
            command.Options.Add(option);
    }

    /// <summary>Port of /health; 0 for none.</summary>
    public int HttpPort(ParseResult parsed) => parsed.GetValue(_httpPort);

    /// <summary>Whether addresses are given up at the end.</summary>
    public bool ReleasesVips(ParseResult parsed) => parsed.GetValue(_release);

    /// <summary>What was said; name of the node, the pod and its namespace are from the environment where they are not given.</summary>
    public KubernetesOptions Read(ParseResult parsed, string nodeName, Func<string, string?> environment)
    {
        KubernetesOptions usual = new();
        string services = parsed.GetValue(_services)!;
        return new()
        {
            FollowsVirtualIPs = parsed.GetValue(_virtualIps),
            Namespace = environment("POD_NAMESPACE") is { Length: > 0 } place ? place : usual.Namespace,
            NodeName = environment("NODE_NAME") is { Length: > 0 } node ? node : nodeName,
            PodName = environment("POD_NAME") ?? "",
            KubeConfigPath = parsed.GetValue(_kubeConfig) is { Length: > 0 } path ? path : null,
            Server = parsed.GetValue(_server) is { Length: > 0 } url ? url : null,
            ServicesConfigMap = services.Split('/') is [var @namespace, var name] ? new ObjectKey(@namespace, name) : null,
            UseUnicast = parsed.GetValue(_unicast),
            RouterId = parsed.GetValue(_routerId),
            VrrpVersion = parsed.GetValue(_version),
            Interface = parsed.GetValue(_interface)!,
            ProxyMode = parsed.GetValue(_proxy),
            WatchNamespace = parsed.GetValue(_watch)!,
        };
    }

    private static void Check(OptionResult result, Predicate<string> right, string wrong)
    {
        if (result.Tokens.Count == 1 && !right(result.Tokens[0].Value))
            result.AddError($"{result.Option.Name}: '{result.Tokens[0].Value}' {wrong}");
    }

    private static bool IsName(string text) => text.Length == 0 || text.Split('/') is [{ Length: > 0 }, { Length: > 0 }];

    private static bool InRange(string text, int least, int most) => int.TryParse(text, out int number) && number >= least && number <= most;
}
