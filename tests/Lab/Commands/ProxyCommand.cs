// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Lab.Proxy;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Lab.Commands;

/// <summary>The stand-in for kube-proxy.</summary>
internal static class ProxyCommand
{
    internal static Command Create()
    {
        var kubeconfig = new Option<string>("--kubeconfig") { Description = "How to reach the API server.", Required = true };
        var node = new Option<string>("--node-name") { Description = "Node whose rules these are.", Required = true };
        var command = new Command(
            "service-proxy",
            "Stand in for kube-proxy on a node of the lab: nftables DNAT from cluster and load balancer addresses of Services to ready "
            + "endpoints, TCP and UDP, both families, externalTrafficPolicy honoured. It does not do node ports, session affinity, "
            + "source ranges, traffic distribution or health check ports: in a cluster use kube-proxy.")
        {
            kubeconfig, node,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var logging = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Information).AddSimpleConsole(o => o.SingleLine = true));
                var config = KubeConfig.Load(parsed.GetRequiredValue(kubeconfig));
                using var client = new ApiClient(config, new ApiClientOptions(), TimeProvider.System, new Random(Environment.ProcessId));
                await new ServiceProxy(client, parsed.GetRequiredValue(node), logging.CreateLogger("service-proxy")).RunAsync(cancellation);
                return 0;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return 0;
            }
            catch (KubeConfigException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
        return command;
    }
}
