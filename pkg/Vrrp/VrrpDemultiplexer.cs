// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp;

/// <summary>
/// All virtual routers of a node, found by interface, family and number; also remembers when it heard which numbers of others, so
/// that a free one can be chosen. What it cannot give to an instance it counts itself.
/// </summary>
public sealed class VrrpDemultiplexer
{
    private readonly Dictionary<VrrpKey, VrrpInstance> _instances = [];
    private readonly Dictionary<(int InterfaceIndex, IpFamily Family), MonoTime[]> _foreign = [];
    private readonly long[] _discards = new long[Enum.GetValues<VrrpDiscard>().Length];

    /// <summary>How many instances there are.</summary>
    public int Count => _instances.Count;

    /// <summary>The instances, in no order.</summary>
    public IReadOnlyCollection<VrrpInstance> Instances => _instances.Values;

    /// <summary>Takes an instance in; false when its key is taken.</summary>
    public bool TryAdd(VrrpInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return _instances.TryAdd(instance.Key, instance);
    }

    /// <summary>Forgets an instance; false when it is not here.</summary>
    public bool Remove(VrrpInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return _instances.TryGetValue(instance.Key, out VrrpInstance? present) && present == instance && _instances.Remove(instance.Key);
    }

    /// <summary>The instance with a key.</summary>
    public bool TryFind(VrrpKey key, [NotNullWhen(true)] out VrrpInstance? instance) => _instances.TryGetValue(key, out instance);

    /// <summary>Messages that reached no instance, or that none could read, by reason.</summary>
    public long Discarded(VrrpDiscard reason) => _discards[(int)reason];

    /// <summary>
    /// Reads a message and steps the instance it is for; that instance is given back, for its deadline may be another.
    /// </summary>
    public VrrpDiscard Receive(ReadOnlySpan<byte> message, in VrrpArrival arrival, MonoTime now, IVrrpSink sink, out VrrpInstance? instance)
    {
        instance = null;
        if (!VrrpPacket.TryRead(message, arrival.Source, arrival.Destination, out VrrpPacket packet, out VrrpDiscard reason))
        {
            return Counted(reason);
        }

        if (_instances.TryGetValue(new VrrpKey(arrival.InterfaceIndex, packet.Family, packet.VirtualRouterId), out instance))
        {
            return instance.Step(VrrpEvent.Received(packet, arrival), now, sink);
        }

        Hear(packet, arrival, now);
        return Counted(VrrpDiscard.UnknownRouter);
    }

    /// <summary>Reads what a raw IPv4 socket gave, header included, and goes on as the other.</summary>
    public VrrpDiscard ReceiveIPv4(ReadOnlySpan<byte> datagram, int interfaceIndex, MonoTime now, IVrrpSink sink, out VrrpInstance? instance)
    {
        instance = null;
        return VrrpArrival.TryReadIPv4(datagram, interfaceIndex, out VrrpArrival arrival, out ReadOnlySpan<byte> message, out VrrpDiscard reason)
            ? Receive(message, arrival, now, sink, out instance)
            : Counted(reason);
    }

    /// <summary>When others' router of this number was last heard on an interface; null: never.</summary>
    public MonoTime? HeardForeign(VrrpKey key) =>
        _foreign.TryGetValue((key.InterfaceIndex, key.Family), out MonoTime[]? heard) && heard[key.VirtualRouterId] != MonoTime.Never
            ? heard[key.VirtualRouterId]
            : null;

    // One array for each interface and family, whatever is sent: bounded by our interfaces.
    private void Hear(VrrpPacket packet, in VrrpArrival arrival, MonoTime now)
    {
        if (!_foreign.TryGetValue((arrival.InterfaceIndex, packet.Family), out MonoTime[]? heard))
        {
            heard = new MonoTime[byte.MaxValue + 1];
            Array.Fill(heard, MonoTime.Never);
            _foreign.Add((arrival.InterfaceIndex, packet.Family), heard);
        }

        heard[packet.VirtualRouterId] = now;
    }

    private VrrpDiscard Counted(VrrpDiscard reason)
    {
        _discards[(int)reason]++;
        return reason;
    }
}
