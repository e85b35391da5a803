// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace LoadBalancer.Lab.Processes;

/// <summary>Both streams of a process: all of it in a file, the last lines in memory.</summary>
public sealed class ProcessOutput : IAsyncDisposable
{
    private const int KeptLines = 4000;

    private readonly Queue<string> _lines = new();
    private readonly List<(Func<string, bool> Test, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly Lock _gate = new();
    private readonly StreamWriter _file;
    private int _count;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    internal ProcessOutput(Process process, string file)
    {
        _file = new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>How many lines there have been, with those no longer kept: a mark for <see cref="From"/>.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    /// <summary>What is kept of the lines from the n-th on, oldest first.</summary>
    public IReadOnlyList<string> From(int number)
    {
        lock (_gate)
            return [.. _lines.Skip(number - (_count - _lines.Count))];
    }

    /// <summary>The last lines as text.</summary>
    public string Tail(int count)
    {
        lock (_gate)
            return string.Join('\n', _lines.Skip(_lines.Count - count));
    }

    /// <summary>The first line, past or future, that passes the test.</summary>
    public Task<string> WaitForAsync(Func<string, bool> test, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_lines.FirstOrDefault(test) is { } line)
                return Task.FromResult(line);
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((test, found));
            return found.Task.WaitAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What the process printed last is still in the pipe; only a grandchild keeps it open for longer.
        await Task.WhenAny(_reading, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, _stop.Token));
        await _stop.CancelAsync();
        await _reading;
        await _file.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync(StreamReader stream)
    {
        try
        {
            while (await stream.ReadLineAsync(_stop.Token) is { } line)
                Take(line);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed while a grandchild still held the stream.
        }
        catch (ObjectDisposedException)
        {
            // The same, seen from the stream.
        }
    }

    private void Take(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            _count++;
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
            try
            {
                _file.WriteLine(line);
            }
            catch (IOException)
            {
                // The state directory went away with the lab; the lines in memory are enough.
            }

            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (!_waiting[i].Test(line))
                    continue;
                _waiting[i].Found.TrySetResult(line);
                _waiting.RemoveAt(i);
            }
        }
    }
}
