// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.Runtime.Http;

namespace LoadBalancer.Vipd;

/// <summary>The ports the daemon answers for itself on, tried before it touches anything.</summary>
internal static class DiagnosticsPorts
{
    /// <exception cref="VipdStartException">One of them cannot be had; the message names its flag.</exception>
    public static void Demand(DiagnosticsOptions options)
    {
        if (options.MetricsPort != 0 && options.MetricsPort == options.HealthPort)
        {
            throw new VipdStartException($"--port and --health-probe-port are both {options.MetricsPort}: give one of them another number, or 0 for none");
        }

        Demand(options.BindAddress, options.MetricsPort, "--port");
        Demand(options.BindAddress, options.HealthPort, "--health-probe-port");
    }

    private static void Demand(IPAddress address, int port, string flag)
    {
        if (port == 0)
        {
            return;
        }

        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException fault)
        {
            throw new VipdStartException(
                $"port {port} of {address} cannot be had: {fault.Message}; if another vipd runs on this host, stop that, or give another port with {flag}");
        }
    }
}
