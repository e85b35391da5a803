// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LoadBalancer.Lab.Network;
using LoadBalancer.Lab.Workloads;

namespace LoadBalancer.VipEndToEnd;

/// <summary>One connection of a client, on which it asks again and again.</summary>
internal sealed class PlainHttp : IDisposable
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {NginxBackend.HostNames[0]}\r\n\r\n");

    private readonly Socket _socket;

    private PlainHttp(Socket socket) => _socket = socket;

    /// <summary>Connects, from a certain address where one is named.</summary>
    public static async Task<PlainHttp> ConnectAsync(LabNamespace place, IPEndPoint target, IPAddress? from = null)
    {
        Socket socket = place.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(from, 0));
            }

            await socket.ConnectAsync(target, VipLab.Cancellation);
            return new PlainHttp(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks once; who answered, and whom it saw.</summary>
    public async Task<(string Node, string Seen)> AskAsync()
    {
        await _socket.SendAsync(Request, VipLab.Cancellation);
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        while (true)
        {
            int read = await _socket.ReceiveAsync(buffer, VipLab.Cancellation);
            Assert.True(read > 0, "the connection was ended by the server");
            string[] parts = text.Append(Encoding.ASCII.GetString(buffer, 0, read)).ToString().Split("\r\n\r\n", 2);
            if (parts is not [var head, var body] || body.Length < int.Parse(Field(head, "Content-Length"), CultureInfo.InvariantCulture))
            {
                continue;
            }

            Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
            return (Field(head, "X-Node"), body.Trim().Split(' ')[^1]);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static string Field(string head, string name) =>
        head.Split("\r\n").First(l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];
}
