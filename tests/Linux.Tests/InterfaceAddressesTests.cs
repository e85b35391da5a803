// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests;

public sealed class InterfaceAddressesTests : IDisposable
{
    private readonly Segment _segment = new();
    private readonly InterfaceAddresses _addresses;
    private readonly int _eth0;

    public InterfaceAddressesTests()
    {
        _addresses = _segment.A.Within(() => new InterfaceAddresses());
        _eth0 = _segment.A.IndexOf("eth0");
    }

    [Theory]
    [InlineData("198.51.100.1", 24)]
    [InlineData("2001:db8::1", 64)]
    public void Address_AddedAndRemovedTwice_SecondTimeIsFalse(string text, int prefixLength)
    {
        IpAddr address = IpAddr.Parse(text);

        Assert.True(_addresses.Add(_eth0, address, prefixLength));
        Assert.False(_addresses.Add(_eth0, address, prefixLength));
        Assert.Contains($"{text}/{prefixLength}", _segment.A.Ip("address show eth0"), StringComparison.Ordinal);
        Assert.DoesNotContain("tentative", _segment.A.Ip("-6 address show eth0"), StringComparison.Ordinal);
        Assert.True(_addresses.Remove(_eth0, address, prefixLength));
        Assert.False(_addresses.Remove(_eth0, address, prefixLength));
        Assert.DoesNotContain(text, _segment.A.Ip("address show eth0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Address_LabelAndNoRoute_AreKept()
    {
        Assert.True(_addresses.Add(_eth0, IpAddr.Parse("198.51.100.1"), 24, label: "eth0:vip", prefixRoute: false));
        Assert.True(_addresses.Add(_eth0, IpAddr.Parse("2001:db8::1"), 64, prefixRoute: false));

        Assert.Contains("eth0:vip", _segment.A.Ip("address show eth0"), StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100.0", _segment.A.Ip("route show"), StringComparison.Ordinal);
        Assert.DoesNotContain("2001:db8", _segment.A.Ip("-6 route show"), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_NoSuchInterface_SaysWhichAndWhy()
    {
        LinuxException fault = Assert.Throws<LinuxException>(() => _addresses.Add(4711, IpAddr.Parse("198.51.100.1"), 24));

        Assert.Equal(LinuxException.NoDevice, fault.Error);
        Assert.Contains("add 198.51.100.1/24 to interface 4711", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_KernelGivesAReason_MessageCarriesIt()
    {
        LinuxException fault = Assert.Throws<LinuxException>(() => _addresses.Add(_eth0, IpAddr.Parse("198.51.100.1"), 33));

        Assert.Contains("prefix length", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose()
    {
        _addresses.Dispose();
        _segment.Dispose();
    }
}
