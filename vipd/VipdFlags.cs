// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using LoadBalancer.Runtime;
using LoadBalancer.Runtime.Http;
using LoadBalancer.Vipd.Kubernetes;

namespace LoadBalancer.Vipd;

/// <summary>The flags of the daemon and of the verbs that ask it.</summary>
internal sealed class VipdFlags
{
    private readonly KubernetesFlags _kubernetes = new();
    private const int DefaultPort = 9121;
    private const int DefaultHealthPort = 17473;

    private readonly Option<string> _config = new("--config", "-f") { Description = "Configuration: vipd.yaml, or a keepalived.conf as it is", DefaultValueFactory = _ => "/etc/vipd/vipd.yaml" };
    public Option<string> NodeName { get; } = new("--node-name") { Description = "Name of this node in status, and in which @word lines of a keepalived.conf apply; without it the host name up to its first dot", DefaultValueFactory = _ => HostName() };
    public Option<string> StateDirectory { get; } = new("--state-dir") { Description = "Directory of the control socket and of what a restart resumes from; it need not outlive a boot", DefaultValueFactory = _ => "/run/vipd" };
    private readonly Option<string> _logLevel = new("--log-level") { Description = "Least severe level that is logged", DefaultValueFactory = _ => "info" };
    private readonly Option<IPAddress> _host = new("--host") { Description = "Address of the metrics and probe ports", DefaultValueFactory = _ => IPAddress.Loopback, CustomParser = ParseAddress };
    private readonly Option<int> _port = new("--port") { Description = "Port of /metrics and /status; 0 for none", DefaultValueFactory = _ => DefaultPort };
    private readonly Option<int> _healthPort = new("--health-probe-port") { Description = "Port of /healthz and /readyz; 0 for none", DefaultValueFactory = _ => DefaultHealthPort };

    public VipdFlags()
    {
        _logLevel.AcceptOnlyFromAmong([.. LogSetup.LevelNames]);
        _port.Validators.Add(CheckPort);
        _healthPort.Validators.Add(CheckPort);
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_config, NodeName, StateDirectory, _logLevel, _host, _port, _healthPort])
        {
            command.Options.Add(option);
        }

        _kubernetes.AddTo(command);
    }

    public VipdOptions Read(ParseResult parsed)
    {
        _ = LogSetup.TryParseLevel(parsed.GetValue(_logLevel)!, out var level);
        return new()
        {
            ConfigPath = parsed.GetValue(_config)!,
            NodeName = parsed.GetValue(NodeName)!,
            StateDirectory = parsed.GetValue(StateDirectory)!,
            LogLevel = level,
            Diagnostics = Diagnostics(parsed),
            Kubernetes = _kubernetes.Read(parsed, parsed.GetValue(NodeName)!, Environment.GetEnvironmentVariable),
        };
    }

    // Where kube-keepalived-vip's flag is given, the kubelet asks from outside, as it did before.
    private DiagnosticsOptions Diagnostics(ParseResult parsed)
    {
        int health = parsed.GetValue(_healthPort);
        return _kubernetes.HttpPort(parsed) is > 0 and var port
            ? new(parsed.GetResult(_host) is { Implicit: false } ? parsed.GetValue(_host)! : IPAddress.IPv6Any, port, health)
            : new(parsed.GetValue(_host)!, parsed.GetValue(_port), health);
    }

    // Keepalived compares @word with the host name up to its first dot.
    private static string HostName() => Environment.MachineName.Split('.')[0];

    private static IPAddress ParseAddress(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            return address;
        }

        result.AddError($"--host: '{text}' is not an IP address; 127.0.0.1 keeps the ports on this host, 0.0.0.0 opens them to the network");
        return IPAddress.Loopback;
    }

    private static void CheckPort(OptionResult result)
    {
        if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out int port) || port is < 0 or > 65535))
        {
            result.AddError($"{result.Option.Name}: '{result.Tokens[0].Value}' is not a port; give a number from 0 (off) to 65535");
        }
    }
}
