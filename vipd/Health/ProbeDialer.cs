// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Health;

/// <summary>Opens the sockets of one check: where it goes, where it comes from, by which interface and with which mark.</summary>
internal sealed class ProbeDialer(HealthCheck check, IpAddr address, int port, SocketOpener open)
{
    // Of Linux's asm-generic/socket.h.
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;
    private const int SoMark = 36;

    private static readonly FrozenDictionary<SocketError, string> Meanings = new Dictionary<SocketError, string>
    {
        [SocketError.ConnectionRefused] = "connection refused",
        [SocketError.ConnectionReset] = "connection reset by the server",
        [SocketError.TimedOut] = "no answer to the connect",
        [SocketError.HostUnreachable] = "host unreachable",
        [SocketError.NetworkUnreachable] = "network unreachable: this node has no route there",
        [SocketError.AddressNotAvailable] = "bindAddress is no address of this node",
        [SocketError.AddressAlreadyInUse] = "bindAddress and bindPort are in use",
        [SocketError.AccessDenied] = "not permitted: CAP_NET_RAW or CAP_NET_ADMIN is missing, or a firewall refuses",
        [SocketError.TooManyOpenSockets] = "this process has no file descriptors left: raise its limit (LimitNOFILE)",
    }.ToFrozenDictionary();

    public IPEndPoint Target { get; } = new((check.ConnectAddress ?? address).ToIPAddress(), check.ConnectPort != 0 ? check.ConnectPort : port);

    /// <summary>A socket that is bound as the check says.</summary>
    /// <exception cref="SocketException">Something the check asks for is not there or not allowed.</exception>
    public Socket Open(SocketType type, ProtocolType protocol)
    {
        Socket socket = open(Target.AddressFamily, type, protocol);
        try
        {
            if (check.FirewallMark is { } mark)
            {
                socket.SetRawSocketOption(SolSocket, SoMark, BitConverter.GetBytes(mark));
            }

            if (check.BindInterface.Length > 0)
            {
                socket.SetRawSocketOption(SolSocket, SoBindToDevice, Encoding.ASCII.GetBytes(check.BindInterface + "\0"));
            }

            if (check.BindAddress is not null || check.BindPort != 0)
            {
                // The last connection of a fixed port may still be in TIME_WAIT.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                IPAddress any = Target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
                socket.Bind(new IPEndPoint(check.BindAddress?.ToIPAddress() ?? any, check.BindPort));
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A connection.</summary>
    /// <exception cref="SocketException">There is none to be had.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken limit)
    {
        Socket socket = Open(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(Target, limit);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What an error of a socket means.</summary>
    public static string Words(SocketException fault) => Meanings.GetValueOrDefault(fault.SocketErrorCode) ?? fault.Message.ToLowerInvariant();
}
