// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;
using Microsoft.Extensions.Logging;

namespace LoadBalancer.Speaker.Bgp;

/// <summary>
/// The BGP port of this node, and the passwords of those who come to it. Another daemon often has the port, so it is open only while
/// there is a peer that is to come. On the plane's thread only.
/// </summary>
internal sealed class BgpPort(TcpTransport transport, ITcpAcceptor acceptor, ILogger logger) : IDisposable
{
    private const ushort Number = 179;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);
    private readonly Dictionary<IpPrefix, TcpKey> _keys = [];
    private readonly Dictionary<IpPrefix, string> _keyFaults = [];
    private TcpListenSocket? _ipv4;
    private TcpListenSocket? _ipv6;
    private string? _fault;

    /// <summary>When to settle again, though nothing has changed.</summary>
    public MonoTime RetryAt { get; private set; } = MonoTime.Never;

    /// <summary>Opens what is needed, sets what passwords have changed, and takes away those of peers that are gone.</summary>
    public void Settle(IReadOnlyList<PeerIntent> wanted, MonoTime now)
    {
        RetryAt = MonoTime.Never;
        if (!wanted.Any(static w => w.Peer.Passive))
        {
            Dispose();
            (_ipv4, _ipv6, _fault) = (null, null, null);
            _keys.Clear();
            _keyFaults.Clear();
            return;
        }

        _ipv4 ??= TryListen(IpAddr.IPv4Any, now);
        _ipv6 ??= TryListen(IpAddr.IPv6Any, now);
        Dictionary<IpPrefix, PeerIntent> signed = [];
        foreach (PeerIntent intent in wanted)
            if (intent.Key is not null && Whence(intent) is { } whence)
                signed.TryAdd(whence, intent);
        foreach (IpPrefix gone in _keys.Keys.Where(prefix => !signed.ContainsKey(prefix)).ToArray())
        {
            _ = ListenerFor(gone)?.TrySetKey(gone, null, out _);
            _keys.Remove(gone);
        }

        foreach (IpPrefix gone in _keyFaults.Keys.Where(prefix => !signed.ContainsKey(prefix)).ToArray())
            _keyFaults.Remove(gone);
        foreach ((IpPrefix whence, PeerIntent intent) in signed)
            if (_keys.GetValueOrDefault(whence) != intent.Key && ListenerFor(whence) is { } listener)
                SetKey(listener, whence, intent, now);
    }

    /// <summary>Whether somebody who comes from a peer's address has shown that he knows its password, when it has one.</summary>
    public bool Guards(PeerIntent intent) => intent.Key is null || (Whence(intent) is { } whence && _keys.GetValueOrDefault(whence) == intent.Key);

    /// <summary>Why a peer that is to come cannot; null when it can.</summary>
    public string? WhyNot(PeerIntent intent) => _fault ?? (Whence(intent) is { } whence ? _keyFaults.GetValueOrDefault(whence) : null);

    private static IpPrefix? Whence(PeerIntent intent) =>
        intent.Peer.Range ?? (intent.Peer.Address is { } address ? new IpPrefix(address, address.BitLength) : null);

    private TcpListenSocket? ListenerFor(IpPrefix peers) => peers.Address.IsIPv4 ? _ipv4 : _ipv6;

    // Without the password nobody of the prefix is let in: see Guards.
    private void SetKey(TcpListenSocket listener, IpPrefix whence, PeerIntent intent, MonoTime now)
    {
        if (listener.TrySetKey(whence, intent.Key, out TcpFault fault))
        {
            _keys[whence] = intent.Key!;
            _keyFaults.Remove(whence);
            return;
        }

        RetryAt = now + RetryInterval;
        _keys.Remove(whence);
        if (_keyFaults.GetValueOrDefault(whence) != fault.Sentence)
            Log.ListenFailed(logger, intent.Peer.Name, fault.Sentence);
        _keyFaults[whence] = fault.Sentence;
    }

    private TcpListenSocket? TryListen(IpAddr address, MonoTime now)
    {
        if (transport.TryListen(new TcpEndpoint(address, Number), new TcpListenOptions(), acceptor, out TcpListenSocket? listener, out TcpFault fault))
        {
            _fault = null;
            return listener;
        }

        RetryAt = now + RetryInterval;
        if (_fault != fault.Sentence)
            Log.ListenFailed(logger, "passive peers", fault.Sentence);
        _fault = fault.Sentence;
        return null;
    }

    public void Dispose()
    {
        _ipv4?.Dispose();
        _ipv6?.Dispose();
    }
}
