// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Controller;
using LoadBalancer.Kubernetes.Client;
using LoadBalancer.Runtime;
using LoadBalancer.Runtime.Http;
using LoadBalancer.Runtime.Options;

CommonFlags flags = new();
Option<string> secretName = new("--ml-secret-name") { Description = "Secret with the speakers' heartbeat key, created when it is missing; empty for none [env: METALLB_ML_SECRET_NAME]", DefaultValueFactory = _ => CommonFlags.Variable("METALLB_ML_SECRET_NAME") ?? "" };
RootCommand root = new("Gives every Service of type LoadBalancer an address from an IPAddressPool.");
flags.AddTo(root);
root.Options.Add(secretName);
root.SetAction(async (parsed, _) =>
{
    using Shutdown shutdown = new();
    try
    {
        return await ControllerDaemon.RunAsync(flags.Read(parsed), parsed.GetValue(secretName)!, TimeProvider.System, shutdown.Token);
    }
    catch (Exception fault) when (fault is KubeConfigException or IOException)
    {
        await Console.Error.WriteLineAsync($"controller: {fault.Message}");
        return 1;
    }
});

Command status = new("status", "Show what the running controller believes: pools, pending Services, leadership.");
flags.AddTo(status);
status.SetAction((parsed, cancellation) =>
    StatusClient.ShowAsync("controller", flags.Read(parsed).StatusEndpoint, StatusTable.Write, cancellation));
root.Subcommands.Add(status);

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
