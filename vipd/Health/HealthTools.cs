// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Cryptography;

namespace LoadBalancer.Vipd.Health;

/// <summary>Makes a socket; in a test, in the namespace it is about.</summary>
internal delegate Socket SocketOpener(AddressFamily family, SocketType type, ProtocolType protocol);

/// <summary>What all checks of a process share.</summary>
internal sealed record HealthTools
{
    public required IScriptRunner Scripts { get; init; }
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public SocketOpener OpenSocket { get; init; } = static (family, type, protocol) => new Socket(family, type, protocol);

    /// <summary>From 0 to 1: where in its warm-up a check asks first, so that a thousand do not ask at once.</summary>
    public Func<double> Jitter { get; init; } = static () => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
}
