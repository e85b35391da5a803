// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Numerics;

namespace LoadBalancer.ApiServer.Services;

/// <summary>Hands out addresses of one service CIDR; the next free one after the last given.</summary>
public sealed class AddressRange
{
    private readonly HashSet<BigInteger> _used = [];
    private readonly BigInteger _base;
    private readonly BigInteger _size;
    private readonly int _length;
    private BigInteger _cursor = BigInteger.One;

    public AddressRange(string cidr)
    {
        var network = IPNetwork.Parse(cidr);
        var bytes = network.BaseAddress.GetAddressBytes();
        _length = bytes.Length;
        _base = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        _size = BigInteger.One << ((_length * 8) - network.PrefixLength);
        Text = cidr;
    }

    public string Text { get; }

    public bool IsIPv6 => _length == 16;

    public string? Next()
    {
        for (var tried = BigInteger.Zero; tried < _size; tried++)
        {
            var offset = _cursor;
            _cursor = _cursor + 1 >= _size - 1 ? BigInteger.One : _cursor + 1;
            if (_used.Add(offset))
                return Format(offset);
        }

        return null;
    }

    public bool Contains(IPAddress address) => address.GetAddressBytes().Length == _length && Offset(address) is { } at && at >= 0 && at < _size;

    public bool TryTake(IPAddress address) => _used.Add(Offset(address));

    public void Clear() => _used.Clear();

    public void Free(string text)
    {
        if (IPAddress.TryParse(text, out var address) && address.GetAddressBytes().Length == _length)
            _used.Remove(Offset(address));
    }

    private BigInteger Offset(IPAddress address) => new BigInteger(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true) - _base;

    private string Format(BigInteger offset)
    {
        var raw = (_base + offset).ToByteArray(isUnsigned: true, isBigEndian: true);
        var bytes = new byte[_length];
        raw.CopyTo(bytes, _length - raw.Length);
        return new IPAddress(bytes).ToString();
    }
}
