// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Runtime;
using LoadBalancer.Runtime.Http;
using LoadBalancer.Speaker;

SpeakerFlags flags = new();
RootCommand root = new("Makes the addresses of Services reachable: on the local segment by ARP and neighbour discovery, from routers by BGP.");
flags.AddTo(root);
root.SetAction(async (parsed, _) =>
{
    using Shutdown shutdown = new();
    try
    {
        return await SpeakerDaemon.RunAsync(flags.Read(parsed), TimeProvider.System, shutdown.Token);
    }
    catch (Exception fault) when (fault is KubeConfigException or SpeakerStartException or IOException)
    {
        await Console.Error.WriteLineAsync($"speaker: {fault.Message}");
        return 1;
    }
});

Command status = new("status", "Show what the running speaker believes: interfaces, speakers heard, who announces what and why.");
flags.AddTo(status);
status.SetAction((parsed, cancellation) =>
    StatusClient.ShowAsync("speaker", flags.ReadCommon(parsed).StatusEndpoint, StatusTable.Write, cancellation));
root.Subcommands.Add(status);
root.Subcommands.Add(BgpCommands.Create(flags));

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
