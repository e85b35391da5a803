// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using LoadBalancer.BgpNet;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Negotiation;

namespace LoadBalancer.Speaker.Tests;

/// <summary>A router on the loopback interface that takes one connection after the other and answers as it is told.</summary>
internal sealed class PlayedRouter : IDisposable
{
    public const uint Asn = 64513;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public PlayedRouter() => _listener.Start();

    public ushort Port => (ushort)((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The session as the configuration has it.</summary>
    public Config.Bgp.BgpPeer Peer(string name, uint asn = 64512) =>
        Sample.Peer(name) with { MyAsn = asn, Address = Primitives.IpAddr.Parse("127.0.0.1"), Port = Port, ConnectTime = TimeSpan.FromSeconds(1) };

    /// <summary>Takes a connection and reads the OPEN: the AS and identifier it says.</summary>
    public async Task<(NetworkStream Stream, uint Asn, uint Identifier)> OpenedAsync(CancellationToken limit)
    {
        NetworkStream stream = new(await _listener.AcceptSocketAsync(limit), ownsSocket: true);
        (MessageType type, byte[] body) = await ReadAsync(stream, limit);
        Assert.Equal(MessageType.Open, type);
        Assert.True(OpenMessage.TryRead(body, out OpenMessage open, out _));
        Assert.True(PeerCapabilities.TryRead(open, out PeerCapabilities said, out _));
        return (stream, said.FourOctetAs ?? 0, open.Identifier);
    }

    /// <summary>Takes a connection and establishes the session.</summary>
    public async Task<NetworkStream> EstablishedAsync(CancellationToken limit)
    {
        (NetworkStream stream, _, _) = await OpenedAsync(limit);
        byte[] buffer = new byte[MessageFrame.MaxLength];
        Assert.True(new SpeakerOpen { Asn = Asn, Identifier = 0xC0000201, HoldSeconds = 0, Families = [AfiSafi.IPv4Unicast] }.TryWrite(buffer, out int length));
        await stream.WriteAsync(buffer.AsMemory(0, length), limit);
        Assert.True(KeepaliveMessage.TryWrite(buffer, out length));
        await stream.WriteAsync(buffer.AsMemory(0, length), limit);
        Assert.Equal(MessageType.Keepalive, (await ReadAsync(stream, limit)).Type);
        return stream;
    }

    /// <summary>The next message.</summary>
    public static async Task<(MessageType Type, byte[] Body)> ReadAsync(NetworkStream stream, CancellationToken limit)
    {
        byte[] header = new byte[MessageFrame.HeaderLength];
        await stream.ReadExactlyAsync(header, limit);
        byte[] body = new byte[(header[16] << 8) + header[17] - MessageFrame.HeaderLength];
        await stream.ReadExactlyAsync(body, limit);
        return ((MessageType)header[18], body);
    }

    public void Dispose() => _listener.Dispose();
}
