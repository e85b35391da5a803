// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Runtime.Options;

namespace LoadBalancer.Speaker;

/// <summary>The speaker's own flags, beside those all daemons share.</summary>
internal sealed class SpeakerFlags
{
    private const int DefaultHeartbeatPort = 7946;
    private const int DefaultHeartbeatIntervalMs = 100;
    private const string Restart = "restart";
    private const string Drain = "drain";
    private const int DefaultDrainSeconds = 10;
    private const int MinHeartbeatIntervalMs = 10;
    private const int MaxHeartbeatIntervalMs = 10_000;

    private readonly CommonFlags _common = new();
    private readonly Option<string> _nodeName = new("--node-name") { Description = "Name of the Node this speaker runs on [env: METALLB_NODE_NAME]", DefaultValueFactory = _ => CommonFlags.Variable("METALLB_NODE_NAME") ?? "" };
    private readonly Option<bool> _ignoreExclude = new("--ignore-exclude-lb") { Description = "Announce also from nodes labelled node.kubernetes.io/exclude-from-external-load-balancers" };
    private readonly Option<string> _keyPath = new("--ml-secret-key-path") { Description = "File with the heartbeat key, or a directory with a file `secretkey` [env: METALLB_ML_SECRET_KEY_PATH]", DefaultValueFactory = _ => CommonFlags.Variable("METALLB_ML_SECRET_KEY_PATH") ?? "" };
    private readonly Option<bool> _insecureHeartbeats = new("--insecure-heartbeats") { Description = "Start without a heartbeat key: anyone on the segment can then forge a node's presence" };
    private readonly Option<int> _heartbeatPort = new("--ml-bindport") { Description = "UDP port of the heartbeats [env: METALLB_ML_BIND_PORT]", DefaultValueFactory = _ => int.TryParse(CommonFlags.Variable("METALLB_ML_BIND_PORT"), out int port) ? port : DefaultHeartbeatPort };
    private readonly Option<int> _interval = new("--heartbeat-interval") { Description = "Milliseconds between heartbeats; a node is gone after three that are missed", DefaultValueFactory = _ => DefaultHeartbeatIntervalMs };
    private readonly Option<string> _peers = new("--heartbeat-peers") { Description = "Send heartbeats by unicast too, where a segment filters multicast: addresses of the other speakers, separated by commas, or the word nodes for the InternalIPs of all Nodes [env: LOADBALANCER_HEARTBEAT_PEERS]", DefaultValueFactory = _ => CommonFlags.Variable("LOADBALANCER_HEARTBEAT_PEERS") ?? "" };
    private readonly Option<string> _excludeFile = new("--exclude-interfaces-file") { Description = "File with announcedInterfacesToExclude patterns; without it MetalLB's defaults apply", DefaultValueFactory = _ => "/etc/metallb/excludel2.yaml" };
    private readonly Option<int> _refresh = new("--gratuitous-refresh") { Description = "Seconds after which everything announced is announced again, for switches and hosts that forget; 0 for never" };
    private readonly Option<string> _bgpLeave = new("--bgp-leave") { Description = "How BGP sessions end with SIGTERM: restart (routers with graceful restart keep the routes for the next speaker) or drain (mark routes as going away, wait, withdraw)", DefaultValueFactory = _ => Restart };
    private readonly Option<int> _bgpDrainTime = new("--bgp-drain-time") { Description = "Seconds between marking routes as going away and withdrawing them, with --bgp-leave drain", DefaultValueFactory = _ => DefaultDrainSeconds };
    private readonly Option<bool> _drainCordoned = new("--bgp-drain-cordoned") { Description = "Add the GRACEFUL_SHUTDOWN community to all routes while the Node is cordoned; false for never", DefaultValueFactory = _ => true, Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _unusedHost = new("--host") { Description = "Accepted and without effect, as in MetalLB", Hidden = true };
    private readonly Option<string?> _unusedBindAddress = new("--ml-bindaddr") { Description = "Accepted and without effect: heartbeats go out on every announcing interface", Hidden = true };
    private readonly Option<string?> _unusedLabels = new("--ml-labels") { Description = "Accepted and without effect: speakers find each other by multicast", Hidden = true };

    public SpeakerFlags()
    {
        _bgpLeave.AcceptOnlyFromAmong(Restart, Drain);
        _interval.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out int ms) || ms is < MinHeartbeatIntervalMs or > MaxHeartbeatIntervalMs))
            {
                result.AddError($"--heartbeat-interval: '{result.Tokens[0].Value}' is not a number of milliseconds from {MinHeartbeatIntervalMs} to {MaxHeartbeatIntervalMs}; 100 suits most segments");
            }
        });
        _heartbeatPort.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out int port) || port is < 1 or > 65535))
            {
                result.AddError($"--ml-bindport: '{result.Tokens[0].Value}' is not a port; give a number from 1 to 65535, the same on every node");
            }
        });
    }

    public void AddTo(Command command)
    {
        _common.AddTo(command);
        foreach (Option option in (Option[])[_nodeName, _ignoreExclude, _keyPath, _insecureHeartbeats, _heartbeatPort, _interval, _peers, _excludeFile, _refresh, _bgpLeave, _bgpDrainTime, _drainCordoned, _unusedHost, _unusedBindAddress, _unusedLabels])
        {
            command.Options.Add(option);
        }
    }

    public CommonOptions ReadCommon(ParseResult parsed) => _common.Read(parsed);

    public SpeakerOptions Read(ParseResult parsed)
    {
        string nodeName = parsed.GetValue(_nodeName)!;
        return new()
        {
            Common = _common.Read(parsed),
            NodeName = nodeName.Length > 0
                ? nodeName
                : throw new SpeakerStartException("--node-name is missing: give the name of the Node this speaker runs on, or set METALLB_NODE_NAME (in a pod: fieldRef spec.nodeName)"),
            IgnoreExcludeLabel = parsed.GetValue(_ignoreExclude),
            HeartbeatKey = HeartbeatKeyFile.Read(parsed.GetValue(_keyPath)!, parsed.GetValue(_insecureHeartbeats)),
            HeartbeatPort = parsed.GetValue(_heartbeatPort),
            HeartbeatInterval = TimeSpan.FromMilliseconds(parsed.GetValue(_interval)),
            HeartbeatPeers = HeartbeatPeers.Parse(parsed.GetValue(_peers)!),
            BgpLeave = parsed.GetValue(_bgpLeave) == Drain ? BgpLeave.Drain : BgpLeave.Restart,
            BgpDrainTime = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(_bgpDrainTime))),
            DrainCordoned = parsed.GetValue(_drainCordoned),
            RefreshInterval = TimeSpan.FromSeconds(Math.Max(0, parsed.GetValue(_refresh))),
            ExcludeInterfaces = ExcludeInterfacesFile.Read(parsed.GetValue(_excludeFile)!),
        };
    }
}
