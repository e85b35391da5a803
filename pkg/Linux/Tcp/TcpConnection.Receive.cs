// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;

namespace LoadBalancer.Linux.Tcp;

// Reading: one buffer that grows up to the longest message, and what the handler leaves moves to its front.
public sealed unsafe partial class TcpConnection
{
    private const int LeastReceiveOctets = 1 << 12;

    private readonly int _longest;
    private byte[] _received = [];
    private int _receivedEnd;

    /// <summary>Stops reading: the peer's window closes. For a peer that sends more than it may.</summary>
    public void PauseReading() => Want(_interest & ~Readiness.Readable);

    /// <summary>Reads again.</summary>
    public void ResumeReading() => Want(_interest | Readiness.Readable);

    private void Receive(bool broken)
    {
        if (_received.Length == _receivedEnd && !TryGrow())
        {
            return;
        }

        nint count;
        fixed (byte* free = &_received[_receivedEnd])
        {
            count = Libc.Receive(_socket, free, (nuint)(_received.Length - _receivedEnd), 0);
        }

        int error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (error is Libc.Eagain or Libc.Eintr && !broken)
        {
            return;
        }

        if (count <= 0)
        {
            // What a write met first is the cause; the socket tells each failure once.
            error = _writeError != 0 ? _writeError : error is Libc.Eagain or Libc.Eintr ? TakeError() : error;
            Fail(error == 0
                ? new(TcpFaultKind.PeerClosed, 0, $"{Remote} closed the connection")
                : TcpFault.Of($"go on with {Remote}", error, wasOpen: true));
            return;
        }

        if (State == TcpConnectionState.Open)
        {
            _receivedEnd += (int)count;
            HandOver();
        }
    }

    private void HandOver()
    {
        int taken = _handler.Received(this, _received.AsSpan(0, _receivedEnd));
        if (State != TcpConnectionState.Open)
        {
            _receivedEnd = 0;
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)taken, (uint)_receivedEnd);
        _receivedEnd -= taken;
        if (taken > 0 && _receivedEnd > 0)
        {
            _received.AsSpan(taken, _receivedEnd).CopyTo(_received);
        }
    }

    private bool TryGrow()
    {
        if (_received.Length >= _longest)
        {
            Fail(new(TcpFaultKind.MessageTooLong, 0, $"{Remote} sent {_receivedEnd} octets that are no whole message; the longest has {_longest}"));
            return false;
        }

        Array.Resize(ref _received, Math.Min(_longest, Math.Max(2 * LeastReceiveOctets, 2 * _received.Length)));
        return true;
    }
}
