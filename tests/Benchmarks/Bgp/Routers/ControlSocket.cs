// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;

namespace LoadBalancer.Benchmarks.Bgp.Routers;

/// <summary>A daemon's control socket, kept open: a question costs no process, so it can be asked every few milliseconds.</summary>
internal sealed class ControlSocket(string path) : IDisposable
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private Socket? _socket;

    /// <summary>Asks, and reads until the answer is whole.</summary>
    internal async Task<string> AskAsync(string question, Func<string, bool> isWhole, CancellationToken cancellation)
    {
        if (_socket is null)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            _socket = socket;
        }

        if (question.Length > 0)
            await _socket.SendAsync(Encoding.ASCII.GetBytes(question), cancellation);
        var answer = new StringBuilder();
        while (!isWhole(answer.ToString()))
        {
            var length = await _socket.ReceiveAsync(_buffer, cancellation);
            if (length == 0)
                throw new IOException($"{path} was closed.");
            answer.Append(Encoding.ASCII.GetString(_buffer, 0, length));
        }

        return answer.ToString();
    }

    public void Dispose() => _socket?.Dispose();
}
