// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;

namespace LoadBalancer.Vipd.Control;

/// <summary>Asks the running daemon.</summary>
internal static class ControlClient
{
    /// <summary>Sends one line and gives the answer; null when nobody answers, which is told on standard error.</summary>
    public static async Task<(bool Ok, string Text)?> AskAsync(string stateDirectory, string line, CancellationToken cancellationToken)
    {
        string path = Path.Combine(stateDirectory, ControlSocket.FileName);
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            using NetworkStream stream = new(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);
            using StreamReader reader = new(stream);
            string answer = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            int end = answer.IndexOf('\n', StringComparison.Ordinal);
            if (end > 0)
            {
                return (answer[..end] == "ok", answer[(end + 1)..]);
            }

            await Console.Error.WriteLineAsync("vipd: the daemon ended before it answered").ConfigureAwait(false);
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            await Console.Error.WriteLineAsync($"vipd: there is no {path}: is vipd running on this host, and is this its --state-dir?").ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is SocketException or IOException or ArgumentOutOfRangeException)
        {
            await Console.Error.WriteLineAsync(
                $"vipd: no answer at {path} ({fault.Message}); is vipd running on this host, is this its --state-dir, and may this user open the socket (root may)?").ConfigureAwait(false);
        }

        return null;
    }
}
