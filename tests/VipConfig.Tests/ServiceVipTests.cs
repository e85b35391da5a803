// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig.ConfigMap;

namespace LoadBalancer.VipConfig.Tests;

public sealed class ServiceVipTests
{
    [Theory]
    [InlineData("default/echoheaders", ServiceMethod.Nat, false)]
    [InlineData("default/echoheaders:NAT", ServiceMethod.Nat, false)]
    [InlineData("default/echoheaders:nat", ServiceMethod.Nat, false)]
    [InlineData("default/echoheaders:DR", ServiceMethod.DirectRouting, false)]
    [InlineData("default/echoheaders:Proxy", ServiceMethod.Proxy, true)]
    [InlineData("default/echoheaders:NAT:PROXY", ServiceMethod.Proxy, true)]
    [InlineData(" default/echoheaders:PROXY:PROXY\n", ServiceMethod.Proxy, true)]
    [Trait("Scenario", "K8-02")]
    public void Entry_WithAService_IsTaken(string value, ServiceMethod method, bool header)
    {
        ServiceVips vips = Read(("192.0.2.50", value));
        Assert.Equal(new ServiceVip { Address = IpAddr.Parse("192.0.2.50"), Namespace = "default", Service = "echoheaders", Method = method, ProxyHeader = header }, Assert.Single(vips.Accepted));
        Assert.Equal(new EntryVerdict("192.0.2.50", true, "192.0.2.50 is in force"), Assert.Single(vips.Verdicts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [Trait("Scenario", "K8-04")]
    public void Entry_WithoutValue_IsAddressOnly(string value) => Assert.True(Assert.Single(Read(("2001:db8::5", value)).Accepted).AddressOnly);

    [Theory]
    [InlineData("192.0.2.50", "echoheaders", "names \"echoheaders\" without a namespace: write namespace/service")]
    [InlineData("192.0.2.50", "echoheaders:NAT", "names \"echoheaders\" without a namespace")]
    [InlineData("192.0.2.50", "default/echoheaders:AJAX", "has method \"AJAX\": use NAT, DR or PROXY")]
    [InlineData("192.0.2.50", "default/echoheaders:", "has method \"\"")]
    [InlineData("192.0.2.50", "default/echoheaders:NAT:x", "only :PROXY can follow the method")]
    [InlineData("192.0.2.50", "default/echoheaders:NAT:PROXY:PROXY", "only :PROXY can follow")]
    [InlineData("192.0.2.50", "default/echoheaders:DR:PROXY", "has DR with PROXY")]
    [InlineData("192.0.2.50", "a/b/c", "which no Service can be called")]
    [InlineData("192.0.2.50", "/b", "which no Service can be called")]
    [InlineData("192.0.2.50", "Default/b", "which no Service can be called")]
    [InlineData("eth0", "default/b", "eth0 is no address")]
    [InlineData("192.0.2.50/32", "default/b", "is no address")]
    [InlineData("224.0.0.18", "default/b", "is no address a node can hold for others")]
    [Trait("Scenario", "K8-03")]
    public void Entry_ThatCannotBe_IsRefusedAndOthersWork(string key, string value, string says)
    {
        ServiceVips vips = Read((key, value), ("192.0.2.51", "default/ok"));
        Assert.Equal("ok", Assert.Single(vips.Accepted).Service);
        EntryVerdict refused = Assert.Single(vips.Verdicts, verdict => !verdict.Accepted);
        Assert.Equal(key, refused.Key);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Scenario", "K8-18")]
    public void Entries_OneAddressTwice_FirstByNameStays()
    {
        ServiceVips vips = Read(("2001:db8:0::5", "default/b"), ("2001:db8::5", "default/a"));
        Assert.Equal("b", Assert.Single(vips.Accepted).Service);
        Assert.Contains("another key holds already", vips.Verdicts[1].Message, StringComparison.Ordinal);
    }

    private static ServiceVips Read(params (string Key, string Value)[] entries) => ServiceVipReader.Read(entries.ToDictionary(entry => entry.Key, entry => entry.Value));
}
