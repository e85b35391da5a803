// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Net;
using LoadBalancer.ApiServer;

var listen = new Option<string[]>("--listen") { Description = "ADDRESS:PORT to listen on; may be given several times (default 127.0.0.1:6443)" };
var data = new Option<string?>("--data") { Description = "File the objects are kept in across restarts" };
var config = new Option<string[]>("--config") { Description = "Directory or file of manifests applied at start; may be given several times" };
var kubeconfig = new Option<string?>("--kubeconfig-out") { Description = "File the administrator's kubeconfig is written to" };
var plain = new Option<bool>("--plain-http") { Description = "Serve HTTP without TLS" };
var names = new Option<string[]>("--san") { Description = "Further address or name the serving certificate is good for" };
var cidrs = new Option<string[]>("--service-cidr") { Description = "Service CIDR, the first one's family is the default (default 100.64.0.0/16 and 2001:db8:5eca::/112)" };
var root = new RootCommand("A small Kubernetes API server for tests and demonstrations; it stores objects and runs nothing.") { listen, data, config, kubeconfig, plain, names, cidrs };
root.SetAction(async (parsed, stop) =>
{
    var endpoints = new List<IPEndPoint>();
    foreach (var text in parsed.GetValue(listen) is { Length: > 0 } given ? given : ["127.0.0.1:6443"])
    {
        if (!IPEndPoint.TryParse(text, out var endpoint))
        {
            await Console.Error.WriteLineAsync($"--listen: \"{text}\" is not ADDRESS:PORT; write for example 127.0.0.1:6443 or [::1]:6443");
            return 2;
        }

        endpoints.Add(endpoint);
    }

    var options = new ApiServerOptions { Listen = endpoints, DataFile = parsed.GetValue(data), PlainHttp = parsed.GetValue(plain), SubjectNames = parsed.GetValue(names) ?? [] };
    if (parsed.GetValue(cidrs) is { Length: > 0 } ranges)
        options = options with { ServiceCidrs = ranges };
    await using var server = await EmbeddedApiServer.StartAsync(options, stop);
    foreach (var path in parsed.GetValue(config) ?? [])
    {
        try
        {
            await server.LoadManifestsAsync(path, stop);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or YamlDotNet.Core.YamlException)
        {
            await Console.Error.WriteLineAsync($"--config {path}: {e.Message}");
            return 1;
        }
    }

    if (parsed.GetValue(kubeconfig) is { } file)
        await File.WriteAllTextAsync(file, server.Kubeconfig(), stop);
    await Console.Out.WriteLineAsync("listening on " + string.Join(' ', server.Urls));
    var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    await using (stop.Register(stopped.SetResult))
        await stopped.Task;
    return 0;
});
return await root.Parse(args).InvokeAsync();
