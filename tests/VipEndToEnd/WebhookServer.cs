// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using LoadBalancer.Lab.Network;

namespace LoadBalancer.VipEndToEnd;

/// <summary>
/// What webhooks are sent to, on a host of the lab. It keeps what it is told, by whoever asks at the same time, and answers when it
/// is let: at once those who ask for <see cref="AtOnce"/>.
/// </summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    public const string AtOnce = "/at-once";

    private readonly Socket _listener;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<(string Line, JsonNode Message)> _told = new();
    private readonly Task _running;

    public WebhookServer(LabNamespace place, int port)
    {
        _listener = place.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
        _running = RunAsync();
    }

    /// <summary>Request line and body of each request for a path, in order.</summary>
    public IReadOnlyList<(string Line, JsonNode Message)> Told(string path) => [.. _told.Where(t => t.Line.StartsWith($"POST {path}", StringComparison.Ordinal))];

    /// <summary>Answers from now on; before that, whoever asks waits.</summary>
    public void Answer() => _mayAnswer.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _listener.Dispose();
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        List<Task> conversations = [];
        try
        {
            while (true)
            {
                conversations.Add(ConverseAsync(await _listener.AcceptAsync(_ending.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(conversations);
    }

    private async Task ConverseAsync(Socket client)
    {
        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            if (await ReadAsync(stream) is not { } request)
            {
                return;
            }

            _told.Enqueue(request);
            if (!request.Line.Contains(AtOnce, StringComparison.Ordinal))
            {
                await _mayAnswer.Task.WaitAsync(_ending.Token);
            }

            await stream.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray(), _ending.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // The test is over, or whoever asked went away with it.
        }
    }

    private async Task<(string Line, JsonNode Message)?> ReadAsync(NetworkStream stream)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        while (true)
        {
            int read = await stream.ReadAsync(buffer, _ending.Token);
            if (read == 0)
            {
                return null;
            }

            string[] parts = text.Append(Encoding.UTF8.GetString(buffer, 0, read)).ToString().Split("\r\n\r\n", 2);
            // The message is one JSON object, which is over with its brace.
            if (parts is [var head, var body] && body.EndsWith('}'))
            {
                return (head.Split("\r\n")[0], JsonNode.Parse(body)!);
            }
        }
    }
}
