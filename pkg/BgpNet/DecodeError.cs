// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Messages;

namespace LoadBalancer.BgpNet;

/// <summary>
/// Why a message was refused, and the NOTIFICATION that ends the session for it. The data lie in the message that was
/// read: send or copy them before its buffer is used again.
/// </summary>
public readonly ref struct DecodeError
{
    private readonly ReadOnlySpan<byte> _data;

    /// <summary>A fault with the data of its NOTIFICATION, which are not copied.</summary>
    public DecodeError(BgpFault fault, ReadOnlySpan<byte> data = default)
    {
        Fault = fault;
        _data = data;
    }

    /// <summary>The rule that was broken; <see cref="BgpFault.None"/> when the message was read.</summary>
    public BgpFault Fault { get; }

    /// <summary>Whether the session ends; false when the message was read, or has not arrived in full.</summary>
    public bool IsSessionReset => Fault.Grade() == ErrorGrade.SessionReset;

    /// <summary>What to send before closing.</summary>
    /// <exception cref="InvalidOperationException">The fault ends no session.</exception>
    public NotificationMessage Notification =>
        IsSessionReset ? Fault.Notification(_data) : throw new InvalidOperationException($"{Fault} ends no session, so there is nothing to send");
}
