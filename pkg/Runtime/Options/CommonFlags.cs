// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using LoadBalancer.Runtime.Http;

namespace LoadBalancer.Runtime.Options;

/// <summary>The flags all daemons share, with MetalLB's names, defaults and environment variables where it has them.</summary>
public sealed class CommonFlags
{
    private const int DefaultMetricsPort = 9120;
    private const int DefaultHealthPort = 17472;
    private const string NamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
    private const string DefaultNamespace = "metallb-system";

    private readonly Option<string?> _kubeConfig = new("--kubeconfig") { Description = "Kubeconfig file; without it the pod's service account is used [env: KUBECONFIG]", DefaultValueFactory = _ => Variable("KUBECONFIG") };
    private readonly Option<string> _namespace = new("--namespace") { Description = "Namespace of the configuration objects [env: METALLB_NAMESPACE, then the pod's own]", DefaultValueFactory = _ => FindNamespace() };
    private readonly Option<string> _podName = new("--pod-name") { Description = "Own name in leases, events and status [env: METALLB_POD_NAME]", DefaultValueFactory = _ => Variable("METALLB_POD_NAME") ?? Environment.MachineName };
    private readonly Option<string?> _class = new("--lb-class") { Description = "Serve Services of this loadBalancerClass; without it those that name none" };
    private readonly Option<string> _logLevel = new("--log-level") { Description = "Least severe level that is logged", DefaultValueFactory = _ => "info" };
    private readonly Option<IPAddress> _bindAddress = new("--bind-address") { Description = "Address of the metrics and probe ports", DefaultValueFactory = _ => IPAddress.Loopback, CustomParser = ParseAddress };
    private readonly Option<int> _port = new("--port") { Description = "Port of /metrics and /status; 0 for none", DefaultValueFactory = _ => DefaultMetricsPort };
    private readonly Option<int> _healthPort = new("--health-probe-port") { Description = "Port of /healthz and /readyz; 0 for none", DefaultValueFactory = _ => DefaultHealthPort };

    /// <summary>The flags, with their bounds checked as they are parsed.</summary>
    public CommonFlags()
    {
        _logLevel.AcceptOnlyFromAmong([.. LogSetup.LevelNames]);
        _port.Validators.Add(CheckPort);
        _healthPort.Validators.Add(CheckPort);
    }

    /// <summary>Puts the flags on a command.</summary>
    public void AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        foreach (Option option in (Option[])[_kubeConfig, _namespace, _podName, _class, _logLevel, _bindAddress, _port, _healthPort])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The values of a parse that had no errors.</summary>
    public CommonOptions Read(ParseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _ = LogSetup.TryParseLevel(result.GetValue(_logLevel)!, out var level);
        string? loadBalancerClass = result.GetValue(_class);
        return new()
        {
            KubeConfigPath = result.GetValue(_kubeConfig),
            Namespace = result.GetValue(_namespace)!,
            PodName = result.GetValue(_podName)!,
            LoadBalancerClass = string.IsNullOrEmpty(loadBalancerClass) ? null : loadBalancerClass,
            LogLevel = level,
            Diagnostics = new DiagnosticsOptions(result.GetValue(_bindAddress)!, result.GetValue(_port), result.GetValue(_healthPort)),
        };
    }

    /// <summary>An environment variable's value; null also when it is empty.</summary>
    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string FindNamespace()
    {
        if (Variable("METALLB_NAMESPACE") is { } name)
        {
            return name;
        }

        try
        {
            return File.ReadAllText(NamespaceFile).Trim() is { Length: > 0 } own ? own : DefaultNamespace;
        }
        catch (IOException)
        {
            return DefaultNamespace;
        }
    }

    private static IPAddress ParseAddress(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            return address;
        }

        result.AddError($"--bind-address: '{text}' is not an IP address; 127.0.0.1 keeps the ports on this host, 0.0.0.0 opens them to the network");
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
