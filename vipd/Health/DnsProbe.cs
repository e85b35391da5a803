// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Cryptography;
using LoadBalancer.VipConfig;

namespace LoadBalancer.Vipd.Health;

/// <summary>Asks a name server over UDP; without a name for the root, whose SOA every one knows.</summary>
internal sealed class DnsProbe(HealthCheck check, ProbeDialer dialer) : IProbe
{
    /// <summary>Where name servers listen.</summary>
    public const int DefaultPort = 53;

    // Without EDNS no answer is longer (RFC 1035 4.2.1).
    private const int LongestMessage = 512;

    public string Awaits => "an answer to the question";

    public async Task<ProbeAnswer> AskAsync(CancellationToken limit)
    {
        ushort id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        if (!DnsQuestion.TryBuild(id, check.QueryType, check.Name, out byte[] question, out string reason))
        {
            return ProbeAnswer.Down(reason);
        }

        using Socket socket = dialer.Open(SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(dialer.Target, limit);
        _ = await socket.SendAsync(question, limit);
        byte[] buffer = new byte[LongestMessage];
        while (true)
        {
            // What does not belong to the question is somebody else's, or of a question before: the time runs on.
            int length = await socket.ReceiveAsync(buffer, limit);
            if (DnsQuestion.Judge(question, buffer.AsSpan(0, length)) is { } answer)
            {
                return answer;
            }
        }
    }
}
