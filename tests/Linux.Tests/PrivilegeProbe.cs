// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

/// <summary>This program run again as a child without privileges: it tries one thing, prints how it ended, and does no tests.</summary>
internal static class PrivilegeProbe
{
    public const string Variable = "LINUX_TESTS_PROBE";

    public const string PacketSocket = "packet-socket";

    public const string Address = "address";

    public const string Capability = "capability";

    public const string Priority = "priority";

    public const string Listen = "listen";

    [ModuleInitializer]
    internal static void RunAsProbe()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } probe)
        {
            return;
        }

        try
        {
            Console.WriteLine(Try(probe));
        }
        catch (LinuxException fault)
        {
            Console.WriteLine(fault.Message);
        }

        Environment.Exit(0);
    }

    private sealed class NoAcceptor : ITcpAcceptor
    {
        public TcpAcceptance? Accept(TcpEndpoint remote, TcpEndpoint local) => null;

        public void Refused(TcpEndpoint? remote, TcpFault fault)
        {
        }
    }

    private static string Try(string probe)
    {
        using Reactor reactor = new(16);
        switch (probe)
        {
            case PacketSocket:
                using (new PacketSocket(reactor, 1, PacketFilter.Arp(MacAddr.Broadcast), static _ => { }))
                {
                    return "opened";
                }

            case Address:
                using (InterfaceAddresses addresses = new())
                {
                    return addresses.Add(1, IpAddr.Parse("192.0.2.1"), 32) ? "added" : "there";
                }

            case Capability:
                return $"{Capabilities.Read().Has(Linux.Capability.NetRaw)} {Capabilities.Read().Has(Linux.Capability.NetAdmin)}";
            case Priority:
                reactor.Start("probe", static _ => MonoTime.Never);
                SpinWait.SpinUntil(() => reactor.TryPost(reactor.Stop));
                reactor.StopAndWait();
                return $"{reactor.Priority}; {(ResidentMemory.TryKeep(out string? reason) ? "kept" : reason)}";
            case Listen:
                using (TcpTransport transport = new(reactor))
                {
                    return transport.TryListen(new(IpAddr.IPv4Any, 179), new(), new NoAcceptor(), out _, out TcpFault fault) ? "listens" : $"{fault.Kind}: {fault.Sentence}";
                }

            default:
                return "unknown probe";
        }
    }
}
