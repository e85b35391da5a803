// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Netlink;

/// <summary>Requests written one behind the other, so that one send carries many; used again after <see cref="Clear"/>.</summary>
internal sealed class NetlinkBatch
{
    private const int AttributeHeader = 4;
    private const int Alignment = 3;
    private const ushort Nested = 0x8000;
    private const int FirstOctets = 4096;

    private readonly List<int> _starts = [];
    private byte[] _buffer = new byte[FirstOctets];
    private int _length;

    public int Count => _starts.Count;

    public void Clear()
    {
        _starts.Clear();
        _length = 0;
    }

    /// <summary>The requests from one to before another, whole.</summary>
    public ReadOnlySpan<byte> Slice(int from, int to) =>
        _buffer.AsSpan(_starts[from]..(to == _starts.Count ? _length : _starts[to]));

    /// <summary>Gives each request the sequence number that its answer will carry.</summary>
    public void Number(uint first)
    {
        for (int i = 0; i < _starts.Count; i++)
        {
            MemoryMarshal.Write(_buffer.AsSpan(_starts[i] + 8), first + (uint)i);
        }
    }

    /// <summary>Starts a request with a fixed part of so many octets, which are zero and returned for writing before anything else is put.</summary>
    public Span<byte> Begin(ushort type, ushort flags, int fixedOctets)
    {
        _starts.Add(_length);
        Span<byte> header = Take(NetlinkMessage.HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        Take(fixedOctets);
        Close();
        return _buffer.AsSpan(_length - ((fixedOctets + Alignment) & ~Alignment), fixedOctets);
    }

    public void Put(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Take(AttributeHeader + value.Length);
        MemoryMarshal.Write(attribute, (ushort)(AttributeHeader + value.Length));
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[AttributeHeader..]);
        Close();
    }

    public void Put(ushort type, uint value)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(octets, value);
        Put(type, octets);
    }

    public void PutBigEndian(ushort type, ushort value)
    {
        Span<byte> octets = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        Put(type, octets);
    }

    public void Put(ushort type, byte value) => Put(type, [value]);

    public void Put(ushort type, IpAddr address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.Write(octets);
        Put(type, octets[..address.ByteLength]);
    }

    public void Put(ushort type, string text)
    {
        Span<byte> octets = stackalloc byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        octets.Clear();
        Put(type, octets[..(Encoding.UTF8.GetBytes(text, octets) + 1)]);
    }

    /// <summary>Opens an attribute that holds attributes; what is returned closes it.</summary>
    public int BeginNested(ushort type)
    {
        int at = _length;
        Put((ushort)(type | Nested), []);
        return at;
    }

    public void EndNested(int at) => MemoryMarshal.Write(_buffer.AsSpan(at), (ushort)(_length - at));

    private Span<byte> Take(int octets)
    {
        int padded = (octets + Alignment) & ~Alignment;
        if (_length + padded > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + padded));
        }

        Span<byte> taken = _buffer.AsSpan(_length, padded);
        taken.Clear();
        _length += padded;
        return taken;
    }

    // The length of the request under way, after each part of it.
    private void Close() => MemoryMarshal.Write(_buffer.AsSpan(_starts[^1]), _length - _starts[^1]);
}
