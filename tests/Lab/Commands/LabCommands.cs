// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.State;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.Lab.Commands;

/// <summary>Commands about labs as such.</summary>
internal static class LabCommands
{
    internal static Command Up()
    {
        var nodes = new Option<int>("--nodes") { Description = "Number of nodes.", DefaultValueFactory = _ => 3 };
        var remote = new Option<bool>("--remote") { Description = "Add a client behind the router." };
        var keep = new Option<bool>("--keep") { Description = "Leave the lab standing and return; `lab down` removes it." };
        var command = new Command("up", "Build a lab and keep it until Ctrl-C.") { nodes, remote, keep };
        command.SetAction(async (parsed, cancellation) =>
        {
            var topology = new LabTopology { Nodes = parsed.GetValue(nodes), RemoteClient = parsed.GetValue(remote) };
            var network = await LabNetwork.StartAsync(topology, cancellation);
            await using (network)
            {
                Console.WriteLine($"lab {network.Id} is up");
                foreach (var host in network.Hosts)
                    Console.WriteLine($"  ip netns exec {host.Namespace.Name} bash   # {host.ServiceAddress} {host.ServiceAddress6}");
                if (parsed.GetValue(keep))
                {
                    network.Keep();
                    Console.WriteLine($"  remove it with: lab down {network.Id}");
                    return 0;
                }

                var end = new TaskCompletionSource();
                await using var stop = cancellation.Register(end.SetResult);
                await end.Task;
            }

            return 0;
        });
        return command;
    }

    internal static Command Down()
    {
        var id = new Argument<string>("id") { Description = "Name of the lab, as `lab list` prints it." };
        var command = new Command("down", "Remove a lab, its processes and its logs, whoever owns it.") { id };
        command.SetAction(async (parsed, cancellation) =>
        {
            var name = parsed.GetValue(id);
            if (LabState.All().FirstOrDefault(l => l.Id == name) is not { } state)
            {
                await Console.Error.WriteLineAsync($"There is no lab {name}; `lab list` shows those that exist.");
                return 1;
            }

            await State.Sweep.RemoveAsync(state, cancellation);
            return 0;
        });
        return command;
    }

    internal static Command Sweep()
    {
        var command = new Command("sweep", "Remove every lab whose owner is gone, except those that were told to stay.");
        command.SetAction(async (_, cancellation) =>
        {
            foreach (var id in await State.Sweep.RunAsync(cancellation))
                Console.WriteLine($"lab {id} removed");
            return 0;
        });
        return command;
    }

    internal static Command List()
    {
        var command = new Command("list", "Show the labs on this machine.");
        command.SetAction(_ =>
        {
            foreach (var lab in LabState.All())
            {
                var owner = !lab.TryOwner(out var process) ? "unknown owner"
                    : process.IsAlive ? $"owner {process.Pid}"
                    : lab.Kept ? "kept" : "owner is gone";
                Console.WriteLine($"{lab.Id}  {owner}, {lab.Namespaces().Count} namespaces, {lab.Directory}");
            }

            return 0;
        });
        return command;
    }

    internal static Command Echo()
    {
        var listen = new Option<string[]>("--listen") { Description = "Address and port to answer on; may be repeated.", Required = true };
        var name = new Option<string>("--name") { Description = "Name in the answers.", DefaultValueFactory = _ => Environment.MachineName };
        var command = new Command("echo", "Answer UDP requests with their first eight octets and a name.") { listen, name };
        command.SetAction(async (parsed, cancellation) =>
        {
            var echoes = new List<UdpEcho>();
            try
            {
                foreach (var text in parsed.GetRequiredValue(listen))
                {
                    if (!IPEndPoint.TryParse(text, out var local) || local.Port == 0)
                    {
                        await Console.Error.WriteLineAsync($"--listen {text} is not an address and port; write 192.0.2.1:7007 or [2001:db8::1]:7007.");
                        return 1;
                    }

#pragma warning disable CA2000 // the echo owns it
                    var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
#pragma warning restore CA2000
                    socket.Bind(local);
                    echoes.Add(new UdpEcho(socket, parsed.GetRequiredValue(name)));
                    Console.WriteLine($"listening on {local}");
                }

                var end = new TaskCompletionSource();
                await using var stop = cancellation.Register(end.SetResult);
                await end.Task;
                return 0;
            }
            finally
            {
                foreach (var echo in echoes)
                    echo.Dispose();
            }
        });
        return command;
    }
}
