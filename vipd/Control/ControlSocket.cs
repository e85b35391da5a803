// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Vipd.Control;

/// <summary>
/// Where the verbs reach the daemon: a socket in the state directory that its owner alone may open. One line of words in, one
/// answer out: <c>ok</c> or <c>error</c>, a new line, and text until the end.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    public const string FileName = "control.sock";
    private const int LongestRequest = 4096;
    private const int Backlog = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly Func<string[], Task<(bool Ok, string Text)>> _answer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <exception cref="IOException">The socket cannot be made there.</exception>
    public ControlSocket(string directory, Func<string[], Task<(bool Ok, string Text)>> answer, TimeProvider time, ILogger logger)
    {
        _path = Path.Combine(directory, FileName);
        _answer = answer;
        _time = time;
        _logger = logger;
        try
        {
            File.Delete(_path);
            _socket.Bind(new UnixDomainSocketEndPoint(_path));
#pragma warning disable CA1416 // the daemon is Linux through and through
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
#pragma warning restore CA1416
            _socket.Listen(Backlog);
        }
        catch (Exception fault) when (fault is SocketException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            _socket.Dispose();
            throw new IOException($"cannot make the control socket {_path}: {fault.Message}; give another directory with --state-dir", fault);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using Socket connection = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                using CancellationTokenSource limit = new(Patience, _time);
                using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                await ServeAsync(connection, both.Token).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is SocketException or IOException or OperationCanceledException)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    Log.ControlFailed(_logger, fault.Message);
                }
            }
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[LongestRequest];
        int length = 0;
        while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf((byte)'\n') < 0)
        {
            int read = await connection.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        string line = Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
        (bool ok, string text) = await _answer(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ConfigureAwait(false);
        ReadOnlyMemory<byte> answer = Encoding.UTF8.GetBytes($"{(ok ? "ok" : "error")}\n{text}");
        while (!answer.IsEmpty)
        {
            answer = answer[await connection.SendAsync(answer, cancellationToken).ConfigureAwait(false)..];
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }
}
