// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Kubernetes.Model;

namespace LoadBalancer.Kubernetes.Client;

/// <summary>The answer of a watch, one JSON event a line.</summary>
internal sealed class WatchStream<T> : IDisposable
    where T : class, IKubeObject
{
    private readonly ResourceKind<T> _kind;
    private readonly string _name;
    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly TimeSpan _lifetime;
    private readonly CancellationTokenSource _end;
    private readonly int _limit;
    private PooledBuffer _buffer;
    private int _searched;

    internal WatchStream(ResourceKind<T> kind, string name, HttpResponseMessage response, Stream stream, TimeSpan lifetime, int limit, TimeProvider time)
    {
        _kind = kind;
        _name = name;
        _response = response;
        _stream = stream;
        _lifetime = lifetime;
        _limit = limit;
        _buffer = new(limit);
        _end = new(lifetime, time);
    }

    internal WatchEvent<T> Current { get; private set; }

    internal async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        while (!TryTakeLine())
        {
            if (!_buffer.TryReserve(4096, out var room)) throw ApiErrors.TooLarge(_name, _limit);
            var read = await FillAsync(room, cancellation);
            // What is left without a line end was cut off on the way: the server sends it again from the last version.
            if (read == 0) return false;
            _buffer.Written(read);
        }
        return true;
    }

    public void Dispose()
    {
        _response.Dispose();
        _stream.Dispose();
        _end.Dispose();
        _buffer.Dispose();
    }

    private async ValueTask<int> FillAsync(Memory<byte> room, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
        try
        {
            return await _stream.ReadAsync(room, either.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw ApiErrors.Unreachable(_name, fault);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw ApiErrors.Timeout(_name, _lifetime);
        }
    }

    private bool TryTakeLine()
    {
        while (true)
        {
            var unread = _buffer.Unread;
            var length = unread[_searched..].IndexOf((byte)'\n');
            if (length < 0)
            {
                _searched = unread.Length;
                return false;
            }
            length += _searched;
            var line = unread[..length].TrimEnd((byte)'\r');
            _searched = 0;
            try
            {
                if (!line.IsEmpty) Current = AnswerDecoder.Watch(line, _kind);
            }
            catch (Exception fault) when (AnswerDecoder.IsMalformed(fault))
            {
                throw ApiErrors.BadAnswer(_name, line, fault);
            }
            _buffer.Consume(length + 1);
            if (!line.IsEmpty) return true;
        }
    }
}
