// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Tcp;

// Writing. The kernel may take part of a write: the rest waits in one buffer, and until it has gone bulk is refused. Urgent
// messages join the buffer, so they overtake all bulk that was refused; they cannot overtake what the kernel has.
public sealed unsafe partial class TcpConnection
{
    /// <summary>Octets in the largest write.</summary>
    public const int MaxWrite = 1 << 18;

    private const int UrgentRoom = 1 << 14;

    private byte[] _pending = [];
    private int _pendingStart;
    private int _pendingEnd;
    private int _writeError;
    private bool _owesWritable;

    /// <summary>
    /// Writes whole messages, all of them or none: false means that the connection is full, and
    /// <see cref="ITcpHandler.Writable"/> will be called when it no longer is. False for a connection that is not open, too.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxWrite"/> octets.</exception>
    public bool TryWrite(ReadOnlySpan<byte> messages)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messages.Length, MaxWrite);
        if (State != TcpConnectionState.Open || _writeError != 0)
        {
            return false;
        }

        int sent = _pendingEnd == _pendingStart ? Send(messages) : 0;
        if (sent == 0 && !messages.IsEmpty)
        {
            _owesWritable = true;
            Want(_interest | Readiness.Writable);
            return false;
        }

        Keep(messages[sent..]);
        return true;
    }

    /// <summary>
    /// Writes one message ahead of all bulk that was refused: a KEEPALIVE, a NOTIFICATION. False only when the peer has taken
    /// nothing for so long that not even these fit any more, or the connection is not open.
    /// </summary>
    public bool TryWriteUrgent(ReadOnlySpan<byte> message)
    {
        if (State != TcpConnectionState.Open || _writeError != 0)
        {
            return false;
        }

        bool idle = _pendingEnd == _pendingStart;
        if (!idle && _pendingEnd - _pendingStart + message.Length > MaxWrite + UrgentRoom)
        {
            return false;
        }

        Keep(message[(idle ? Send(message) : 0)..]);
        return true;
    }

    private int Send(ReadOnlySpan<byte> octets)
    {
        fixed (byte* first = octets)
        {
            nint sent = Libc.Send(_socket, first, (nuint)octets.Length, Libc.NoSignal);
            if (sent >= 0)
            {
                return (int)sent;
            }
        }

        int error = Marshal.GetLastPInvokeError();
        if (error is not (Libc.Eagain or Libc.Eintr))
        {
            // Told from the loop: the readiness of a broken socket does not go away, and the writer is not called back inside a write.
            _writeError = error;
        }

        return 0;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            return;
        }

        int waiting = _pendingEnd - _pendingStart;
        if (_pending.Length - _pendingEnd < rest.Length)
        {
            byte[] place = _pending.Length - waiting >= rest.Length ? _pending : new byte[waiting + rest.Length + UrgentRoom];
            _pending.AsSpan(_pendingStart, waiting).CopyTo(place);
            (_pending, _pendingStart, _pendingEnd) = (place, 0, waiting);
        }

        rest.CopyTo(_pending.AsSpan(_pendingEnd));
        _pendingEnd += rest.Length;
        Want(_interest | Readiness.Writable);
    }

    private void Flush()
    {
        if (_pendingEnd > _pendingStart)
        {
            _pendingStart += Send(_pending.AsSpan(_pendingStart, _pendingEnd - _pendingStart));
            if (_pendingStart < _pendingEnd)
            {
                // Without this a socket that takes nothing and says that it is writable would be asked for ever.
                if (_writeError != 0)
                {
                    Want(_interest & ~Readiness.Writable);
                }

                return;
            }

            (_pendingStart, _pendingEnd) = (0, 0);
        }

        Want(_interest & ~Readiness.Writable);
        if (State == TcpConnectionState.Draining)
        {
            _ = Libc.Shutdown(_socket, Libc.ShutWrite);
        }
        else if (_owesWritable)
        {
            _owesWritable = false;
            _handler.Writable(this);
        }
    }
}
