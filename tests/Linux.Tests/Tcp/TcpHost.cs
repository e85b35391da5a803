// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Tcp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Tcp;

/// <summary>A transport on a reactor inside a namespace, and handlers that keep what they were told.</summary>
internal sealed class TcpHost : IDisposable
{
    private readonly Loop _loop;

    public TcpHost(TestNamespace place)
    {
        Reactor reactor = new(1024);
        Transport = new TcpTransport(reactor);
        Place = place;
        _loop = new Loop(place, reactor, Transport.Tick, realTime: false);
    }

    public Reactor Reactor => _loop.Reactor;

    public TcpTransport Transport { get; }

    public TestNamespace Place { get; }

    /// <inheritdoc cref="Loop.On{T}"/>
    public T On<T>(Func<T> body) => _loop.On(body);

    /// <inheritdoc cref="Loop.Await"/>
    public void Await(Func<bool> holds, Func<string>? describe = null) => _loop.Await(holds, describe);

    /// <summary>Connects and waits for the answer, whichever it is.</summary>
    public TcpPeer Connect(string address, ushort port, TcpOptions options, int interfaceIndex = 0)
    {
        TcpPeer peer = Begin(address, port, options, interfaceIndex);
        Await(() => peer.Opened || peer.Fault is not null);
        return peer;
    }

    /// <summary>Connects and does not wait.</summary>
    public TcpPeer Begin(string address, ushort port, TcpOptions options, int interfaceIndex = 0)
    {
        TcpPeer peer = new(this);
        return On(() =>
        {
            peer.Fault = Transport.TryConnect(new(IpAddr.Parse(address), port, interfaceIndex), options, peer, out TcpConnection? connection, out TcpFault fault) ? null : fault;
            peer.Connection = connection;
            return peer;
        });
    }

    public TcpGate Listen(string address, ushort port, TcpListenOptions? options = null, TcpOptions? accepted = null, int interfaceIndex = 0)
    {
        TcpGate gate = new(this, accepted ?? new TcpOptions());
        return On(() =>
        {
            Assert.True(Transport.TryListen(new(IpAddr.Parse(address), port, interfaceIndex), options ?? new(), gate, out TcpListenSocket? listener, out TcpFault fault), fault.Sentence);
            gate.Listener = listener;
            return gate;
        });
    }

    public void Dispose()
    {
        Reactor.StopAndWait();
        Transport.Dispose();
        _loop.Dispose();
    }
}

/// <summary>One connection's owner.</summary>
internal sealed class TcpPeer(TcpHost host) : ITcpHandler
{
    public TcpConnection? Connection { get; set; }

    public bool Opened { get; private set; }

    public TcpFault? Fault { get; set; }

    public System.Text.StringBuilder Text { get; } = new();

    public long Octets { get; private set; }

    public int WritableCalls { get; private set; }

    /// <summary>Whether every octet so far was its place in a block of this length, modulo 251; set before anything comes.</summary>
    public int BlockLength { get; set; }

    public bool IsInOrder { get; private set; } = true;

    /// <summary>Taken from the front of each span; null: all.</summary>
    public Func<int, int>? Take { get; set; }

    void ITcpHandler.Opened(TcpConnection connection) => (Connection, Opened) = (connection, true);

    int ITcpHandler.Received(TcpConnection connection, ReadOnlySpan<byte> octets)
    {
        int taken = Take?.Invoke(octets.Length) ?? octets.Length;
        for (int i = 0; BlockLength > 0 && i < taken; i++)
        {
            IsInOrder &= octets[i] == (byte)((Octets + i) % BlockLength % 251);
        }

        Octets += taken;
        if (Text.Length < 1 << 16)
        {
            Text.Append(System.Text.Encoding.ASCII.GetString(octets[..taken]));
        }

        return taken;
    }

    void ITcpHandler.Writable(TcpConnection connection) => WritableCalls++;

    void ITcpHandler.Closed(TcpConnection connection, TcpFault fault) => Fault = fault;

    public bool Write(string text) => host.On(() => Connection!.TryWrite(System.Text.Encoding.ASCII.GetBytes(text)));

    public void AwaitText(string text) => host.Await(() => Text.ToString() == text, () => $"has '{Text}', wants '{text}', fault {Fault}");
}

/// <summary>One listener's owner: takes everyone, or whom it is told to.</summary>
internal sealed class TcpGate(TcpHost host, TcpOptions accepted) : ITcpAcceptor
{
    public TcpListenSocket? Listener { get; set; }

    public List<TcpPeer> Peers { get; } = [];

    public List<TcpEndpoint> Callers { get; } = [];

    public List<TcpFault> Faults { get; } = [];

    public Func<TcpEndpoint, bool> Admits { get; set; } = static _ => true;

    TcpAcceptance? ITcpAcceptor.Accept(TcpEndpoint remote, TcpEndpoint local)
    {
        Callers.Add(remote);
        if (!Admits(remote))
        {
            return null;
        }

        Peers.Add(new TcpPeer(host));
        return new(Peers[^1], accepted);
    }

    void ITcpAcceptor.Refused(TcpEndpoint? remote, TcpFault fault) => Faults.Add(fault);

    public void SetKey(string prefix, TcpKey? key) => host.On(() =>
    {
        Assert.True(Listener!.TrySetKey(IpPrefix.Parse(prefix), key, out TcpFault fault), fault.Sentence);
        return true;
    });

    public TcpPeer AwaitPeer(int index = 0)
    {
        host.Await(() => Peers.Count > index && Peers[index].Opened);
        return Peers[index];
    }
}
