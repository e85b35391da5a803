// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LoadBalancer.Vipd.Tests.Health;

/// <summary>A server on the loopback that does with each connection what it is told to.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly Func<NetworkStream, CancellationToken, Task> _serve;
    private readonly Task _accepting;
    private int _connections;

    public StubServer(Func<NetworkStream, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Reads a request up to its empty line, answers with these octets and closes.</summary>
    public static StubServer Answering(string answer) => new(async (stream, stop) =>
    {
        await ReadRequestAsync(stream, stop);
        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(answer), stop);
    });

    /// <summary>Accepts, and says nothing.</summary>
    public static StubServer Hanging() => new(static (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    public ConcurrentQueue<IPEndPoint> Peers { get; } = new();

    public static async Task<string> ReadRequestAsync(Stream stream, CancellationToken stop)
    {
        byte[] buffer = new byte[4096];
        string text = "";
        while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int length = await stream.ReadAsync(buffer, stop);
            if (length == 0)
            {
                break;
            }

            text += System.Text.Encoding.Latin1.GetString(buffer, 0, length);
        }

        return text;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                Peers.Enqueue((IPEndPoint)client.Client.RemoteEndPoint!);
                _serving.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _serve(client.GetStream(), _stop.Token);
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException)
            {
                // The check has left, or the test is over.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_serving);
        _listener.Dispose();
        _stop.Dispose();
    }
}
