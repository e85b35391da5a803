// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using LoadBalancer.Linux.Native;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>
/// Interfaces and their addresses, as they change: one dump at the start, then what the kernel tells. Lives on a reactor;
/// nothing is polled. When the kernel dropped notices because of a flood, everything is read anew.
/// </summary>
public sealed class LinkMonitor : IDisposable
{
    private const int MaxDatagram = 1 << 16;
    private const uint LinkDump = 1;
    private const uint AddressDump = 2;

    private readonly NetlinkSocket _socket = new(NetlinkSocket.GroupLink | NetlinkSocket.GroupAddress4 | NetlinkSocket.GroupAddress6, blocking: false);
    private readonly byte[] _datagram = GC.AllocateArray<byte>(MaxDatagram, pinned: true);
    private readonly Dictionary<int, LinkInfo> _links = [];
    // The kernel holds one IPv4 address several times, told apart by mask and other end.
    private readonly Dictionary<AddressKey, AddressInfo> _addresses = [];
    private readonly HashSet<int> _linksSeen = [];
    private readonly HashSet<AddressKey> _addressesSeen = [];
    private readonly Reactor _reactor;
    private readonly Action<ImmutableArray<LinkInfo>> _changed;
    private bool _dumping;
    private bool _dirty;
    private bool _again;

    /// <summary>Asks for the present state. The first call of <paramref name="changed"/> carries all of it.</summary>
    /// <param name="reactor">The loop that receives; the constructor is called on it, or before it starts.</param>
    /// <param name="changed">Called on the loop with the whole table, ordered by index, after every change.</param>
    public LinkMonitor(Reactor reactor, Action<ImmutableArray<LinkInfo>> changed)
    {
        ArgumentNullException.ThrowIfNull(reactor);
        _reactor = reactor;
        _changed = changed;
        reactor.Add(_socket.Descriptor, Drain);
        Dump();
    }

    /// <summary>How often the kernel dropped notices, and everything was read anew.</summary>
    public long Overruns { get; private set; }

    private void Dump()
    {
        _dumping = true;
        _again = false;
        _linksSeen.Clear();
        _addressesSeen.Clear();
        Span<byte> request = stackalloc byte[16];
        request.Clear();
        _socket.Send(NetlinkSocket.GetLink, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, LinkDump, request);
    }

    private void Drain()
    {
        while (true)
        {
            int length = _socket.Receive(_datagram);
            if (length == -Libc.Eagain)
            {
                break;
            }

            if (length == -LinuxException.NoBufferSpace)
            {
                // Something was dropped; what, nobody knows.
                Overruns++;
                _again = true;
                continue;
            }

            if (length <= 0)
            {
                break;
            }

            ReadOnlySpan<byte> rest = _datagram.AsSpan(0, length);
            while (NetlinkMessage.TryTake(ref rest, out NetlinkMessage message))
            {
                Take(message);
            }
        }

        if (_again && !_dumping)
        {
            Dump();
        }
        else if (_dirty && !_dumping)
        {
            Publish();
        }
    }

    private void Take(in NetlinkMessage message)
    {
        // The table changed under the dump: it may have missed something (netlink(7), NLM_F_DUMP_INTR).
        _again |= message.Sequence is LinkDump or AddressDump && (message.Flags & NetlinkSocket.FlagDumpInterrupted) != 0;
        switch (message.Type)
        {
            case NetlinkSocket.NewLink when NetlinkReader.TryReadLink(message.Payload, out LinkInfo? link):
                _linksSeen.Add(link.Index);
                _dirty |= !_links.TryGetValue(link.Index, out LinkInfo? known) || known != link;
                _links[link.Index] = link;
                break;
            case NetlinkSocket.DeleteLink when NetlinkReader.TryReadLink(message.Payload, out LinkInfo? link):
                _dirty |= _links.Remove(link.Index);
                _linksSeen.Remove(link.Index);
                break;
            case NetlinkSocket.NewAddress when NetlinkReader.TryReadAddress(message.Payload, out AddressInfo address):
                AddressKey key = AddressKey.Of(address);
                _addressesSeen.Add(key);
                _dirty |= !_addresses.TryGetValue(key, out AddressInfo before) || before != address;
                _addresses[key] = address;
                break;
            case NetlinkSocket.DeleteAddress when NetlinkReader.TryReadAddress(message.Payload, out AddressInfo address):
                _dirty |= _addresses.Remove(AddressKey.Of(address));
                _addressesSeen.Remove(AddressKey.Of(address));
                break;
            case NetlinkSocket.Done when message.Sequence == LinkDump:
                Span<byte> request = stackalloc byte[8];
                request.Clear();
                _socket.Send(NetlinkSocket.GetAddress, NetlinkSocket.FlagRequest | NetlinkSocket.FlagDump, AddressDump, request);
                break;
            case NetlinkSocket.Done when message.Sequence == AddressDump:
                FinishDump();
                break;
            case NetlinkSocket.Error when message.Payload.Length >= sizeof(int) && MemoryMarshal.Read<int>(message.Payload) is < 0 and var error:
                throw LinuxException.Of("read the interfaces", -error);
            default:
                break;
        }
    }

    // What was known and is in neither dump is gone.
    private void FinishDump()
    {
        foreach (int index in _links.Keys.Where(i => !_linksSeen.Contains(i)).ToArray())
        {
            _links.Remove(index);
        }

        foreach (AddressKey key in _addresses.Keys.Where(k => !_addressesSeen.Contains(k)).ToArray())
        {
            _addresses.Remove(key);
        }

        _dumping = false;
        _dirty = true;
    }

    private void Publish()
    {
        _dirty = false;
        ILookup<int, AddressInfo> addresses = _addresses.Values.OrderBy(a => a.Address).ThenBy(a => a.PrefixLength).ToLookup(a => a.InterfaceIndex);
        _changed([.. _links.Values.OrderBy(l => l.Index).Select(l => l with { Addresses = [.. addresses[l.Index]] })]);
    }

    private readonly record struct AddressKey(int Index, IpAddr Address, int PrefixLength, IpAddr? Peer)
    {
        public static AddressKey Of(in AddressInfo address) => new(address.InterfaceIndex, address.Address, address.PrefixLength, address.Peer);
    }

    /// <summary>On the reactor's thread, or after it has ended.</summary>
    public void Dispose()
    {
        _reactor.Remove(_socket.Descriptor);
        _socket.Dispose();
    }
}
