// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using LoadBalancer.Lab.Commands;
using LoadBalancer.Lab.Demo;

var root = new RootCommand("A cluster-like network of namespaces on this machine: for tests, the demo and looking around. Needs root.")
{
    LabCommands.Up(),
    LabCommands.Down(),
    LabCommands.Sweep(),
    LabCommands.List(),
    LabCommands.Echo(),
    ProxyCommand.Create(),
    DemoCommand.Create(),
    DemoCommand.CreateVip(),
};
return await root.Parse(args).InvokeAsync();
