// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace LoadBalancer.Vipd.Health;

/// <summary>Whether a connection comes about.</summary>
internal sealed class TcpProbe(ProbeDialer dialer) : IProbe
{
    public string Awaits => "a connection";

    public async Task<ProbeAnswer> AskAsync(CancellationToken limit)
    {
        using Socket socket = await dialer.ConnectAsync(limit);
        return ProbeAnswer.Up("connected");
    }
}
