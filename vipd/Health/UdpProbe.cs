// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Health;

/// <summary>
/// Sends a datagram. A port that nobody listens on objects (ICMP); silence is success unless a reply is asked for, and a reply
/// that is another than the expected one is failure.
/// </summary>
internal sealed class UdpProbe(HealthCheck check, ProbeDialer dialer) : IProbe
{
    private const int LongestReply = 65535;

    public string Awaits => "a reply";

    public async Task<ProbeAnswer> AskAsync(CancellationToken limit)
    {
        if (!OctetPattern.TryParse(check.Payload, out OctetPattern payload) || !OctetPattern.TryParse(check.Reply, out OctetPattern expected))
        {
            return ProbeAnswer.Down("payload or reply is no hexadecimal: write two digits for each octet");
        }

        using Socket socket = dialer.Open(SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(dialer.Target, limit);
        byte[] buffer = new byte[Math.Min(LongestReply, Math.Max(64, expected.Values.Length))];
        try
        {
            _ = await socket.SendAsync(payload.Values.ToArray(), limit);
            int length = await socket.ReceiveAsync(buffer, limit);
            return expected.Matches(buffer.AsSpan(0, length))
                ? ProbeAnswer.Up($"reply of {length} octets")
                : ProbeAnswer.Down($"another reply: {Convert.ToHexStringLower(buffer.AsSpan(0, Math.Min(length, 16)))}, wanted {check.Reply}");
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return ProbeAnswer.Down("port unreachable");
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.MessageSize)
        {
            // Longer than the buffer, of which the pattern had all it asks for.
            return expected.Matches(buffer) ? ProbeAnswer.Up("reply") : ProbeAnswer.Down($"another reply: {Convert.ToHexStringLower(buffer.AsSpan(0, 16))}, wanted {check.Reply}");
        }
        catch (OperationCanceledException) when (!check.RequireReply)
        {
            return ProbeAnswer.Up("no objection");
        }
    }
}
