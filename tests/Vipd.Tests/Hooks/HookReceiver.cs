// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LoadBalancer.Vipd.Tests.Hooks;

/// <summary>Something that webhooks are sent to: it answers with the statuses it is given, and keeps what it got.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private readonly ConcurrentQueue<int> _statuses;

    public HookReceiver(params ReadOnlySpan<int> statuses)
    {
        _statuses = new(statuses.ToArray());
        _listener.Start();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Request line and headers, and body, of each request.</summary>
    public ConcurrentQueue<(string Head, string Body)> Requests { get; } = new();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_ending.Token);
                await TakeAsync(client.GetStream());
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task TakeAsync(NetworkStream stream)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        int head = -1, length = 0;
        while (head < 0 || text.Length < head + length)
        {
            int read = await stream.ReadAsync(buffer, _ending.Token);
            if (read == 0)
                return;
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            if (head < 0 && text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
            {
                head = end + 4;
                string line = text.ToString().Split("\r\n").First(static l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
                length = int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        Requests.Enqueue((text.ToString(0, head), text.ToString(head, length)));
        if (!_statuses.TryDequeue(out int status))
            status = 204;
        // Status 0: whoever waits for an answer waits in vain.
        if (status == 0)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _ending.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Word\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n"), _ending.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _listener.Dispose();
        _ending.Dispose();
    }
}
