// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux;
using LoadBalancer.Linux.Vrrp;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vipd.Plane;

/// <summary>What tells sockets to receive on apart.</summary>
internal readonly record struct ReceiveKey(int InterfaceIndex, IpFamily Family, IpAddr? Group);

/// <summary>What tells sockets to send on apart.</summary>
internal readonly record struct SendKey(int InterfaceIndex, IpFamily Family, byte HopLimit);

/// <summary>One socket that receives for all virtual routers of an interface and family.</summary>
internal sealed class ReceivePort(ReceiveKey key, Reactor reactor, VrrpDatagramHandler handler) : IDisposable
{
    private readonly VrrpReceiver _receiver = new(reactor, key.Family, key.InterfaceIndex, handler, key.Group);
    private readonly VirtualRouterSet _routers = new();

    public ReceiveKey Key { get; } = key;

    public int Users { get; private set; }

    public long Oversized => _receiver.Oversized;

    public void Add(byte virtualRouterId)
    {
        Users++;
        _routers.Add(virtualRouterId);
        _receiver.Accept(_routers);
    }

    public void Remove(byte virtualRouterId)
    {
        Users--;
        _routers.Remove(virtualRouterId);
        _receiver.Accept(_routers);
    }

    public void Rejoin() => _ = _receiver.TryRejoin();

    public void Dispose() => _receiver.Dispose();
}

/// <summary>One socket that sends for all virtual routers of an interface, family and hop limit.</summary>
internal sealed class SendPort(SendKey key) : IDisposable
{
    private readonly VrrpSender _sender = new(key.Family, key.InterfaceIndex, hopLimit: key.HopLimit);
    private readonly List<PlaneInstance> _queued = [];
    private long _refused;

    public SendKey Key { get; } = key;

    public int Users { get; set; }

    public string LastError => _sender.LastError == 0 ? "" : System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(_sender.LastError);

    public long Refused => _sender.Refused;

    public bool IsWaiting => _queued.Count > 0;

    public void Send(PlaneInstance instance, ReadOnlySpan<byte> message, IpAddr source, IpAddr destination)
    {
        if (instance.SendsAlone)
        {
            Flush();
            instance.Attempts++;
            instance.Failures += _sender.TrySend(message, source, destination) ? 0 : 1;
            _refused = _sender.Refused;
            return;
        }

        _sender.Queue(message, source, destination);
        _queued.Add(instance);
    }

    /// <summary>Sends what is queued; false when something was not taken, and then who is unsure is told by <paramref name="unsure"/>.</summary>
    public bool Flush(Action<PlaneInstance, bool>? unsure = null)
    {
        if (_queued.Count == 0)
        {
            return true;
        }

        _ = _sender.Flush();
        bool whole = _sender.Refused == _refused;
        _refused = _sender.Refused;
        if (!whole)
        {
            foreach (PlaneInstance instance in _queued)
            {
                instance.SendsAlone = true;
                unsure?.Invoke(instance, _queued.Count == 1);
            }
        }

        _queued.Clear();
        return whole;
    }

    public void Dispose() => _sender.Dispose();
}

/// <summary>All sockets of the protocol, opened when an instance needs them and closed after the last.</summary>
internal sealed class PortTable(Reactor reactor, VrrpDatagramHandler handler) : IDisposable
{
    private readonly Dictionary<ReceiveKey, ReceivePort> _receivers = [];
    private readonly Dictionary<SendKey, SendPort> _senders = [];

    public IReadOnlyCollection<SendPort> Senders => _senders.Values;

    public IReadOnlyCollection<ReceivePort> Receivers => _receivers.Values;

    /// <exception cref="LinuxException">The kernel refused.</exception>
    public ReceivePort OpenReceiver(ReceiveKey key, byte virtualRouterId)
    {
        if (!_receivers.TryGetValue(key, out ReceivePort? port))
        {
            port = new(key, reactor, handler);
            _receivers.Add(key, port);
        }

        port.Add(virtualRouterId);
        return port;
    }

    /// <exception cref="LinuxException">The kernel refused.</exception>
    public SendPort OpenSender(SendKey key)
    {
        if (!_senders.TryGetValue(key, out SendPort? port))
        {
            port = new(key);
            _senders.Add(key, port);
        }

        port.Users++;
        return port;
    }

    public void Close(ReceivePort port, byte virtualRouterId)
    {
        port.Remove(virtualRouterId);
        if (port.Users == 0)
        {
            _receivers.Remove(port.Key);
            port.Dispose();
        }
    }

    public void Close(SendPort port)
    {
        if (--port.Users == 0)
        {
            port.Flush();
            _senders.Remove(port.Key);
            port.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (ReceivePort port in _receivers.Values)
        {
            port.Dispose();
        }

        foreach (SendPort port in _senders.Values)
        {
            port.Dispose();
        }
    }
}
