// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Nftables;
using LoadBalancer.Primitives;
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Holding;
using Microsoft.Extensions.Logging.Abstractions;

namespace LoadBalancer.Vipd.Tests.Holding;

public sealed class AcceptFilterTests
{
    private readonly List<string> _commands = [];
    private readonly AcceptFilter _filter;
    private string _refusal = "";
    private bool _isThere = true;

    public AcceptFilterTests() => _filter = new(Run, TimeProvider.System, NullLogger.Instance);

    [Fact]
    public void Plan_OnlyOfThoseThatDoNotAcceptAndDoNotOwn()
    {
        VipConfiguration configuration = new()
        {
            Instances =
            [
                Instance("a", "192.0.2.1") with { ExcludedAddresses = [Address("2001:db8::1")] },
                Instance("owner", "192.0.2.2") with { Priority = 255 },
                Instance("open", "192.0.2.3", "192.0.2.4") with { Accept = true },
                Instance("both", "192.0.2.4", "192.0.2.5", "192.0.2.6"),
            ],
            StaticAddresses = [Address("192.0.2.6")],
        };
        Assert.Equal(["192.0.2.1", "192.0.2.5", "2001:db8::1"], AcceptPlan.Of(configuration).Refused.Select(static a => a.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Apply_NothingRefused_TouchesNothingBeforeTheFirstLookSweeps()
    {
        _filter.Apply(Of(Instance("a", "192.0.2.1") with { Accept = true }));
        Assert.Empty(_commands);
        _filter.Look();
        Assert.Equal("add table inet loadbalancer.accept\ndelete table inet loadbalancer.accept\n", Assert.Single(_commands));
        _filter.Look();
        Assert.Single(_commands);
    }

    [Fact]
    public void Apply_AddressMore_IsOneElementMore()
    {
        _filter.Apply(Of(Instance("a", "192.0.2.1")));
        Assert.Contains("refused4 { 192.0.2.1 }", Assert.Single(_commands), StringComparison.Ordinal);
        _filter.Apply(Of(Instance("a", "192.0.2.1", "192.0.2.2")));
        Assert.Equal("add element inet loadbalancer.accept refused4 { 192.0.2.2 }\n", _commands[^1]);
    }

    [Fact]
    public void Apply_InstanceGone_StaysRefusedUntilTheNextLook()
    {
        _filter.Apply(Of(Instance("a", "192.0.2.1"), Instance("b", "192.0.2.2")));
        _filter.Apply(Of(Instance("b", "192.0.2.2")));
        Assert.Single(_commands);
        _filter.Look();
        Assert.Equal("delete element inet loadbalancer.accept refused4 { 192.0.2.1 }\n", _commands[^1]);
    }

    [Fact]
    public void Apply_InstanceAcceptsNow_IsOpenAtOnce()
    {
        _filter.Apply(Of(Instance("a", "192.0.2.1"), Instance("b", "192.0.2.2")));
        _filter.Apply(Of(Instance("a", "192.0.2.1") with { Accept = true }, Instance("b", "192.0.2.2")));
        Assert.Equal("delete element inet loadbalancer.accept refused4 { 192.0.2.1 }\n", _commands[^1]);
    }

    [Fact]
    public void Look_SomebodyFlushedTheRuleset_PutsTheTableBack()
    {
        _filter.Apply(Of(Instance("a", "192.0.2.1")));
        _filter.Look();
        Assert.Single(_commands);
        _isThere = false;
        _filter.Look();
        Assert.Equal(2, _commands.Count);
        Assert.Equal(_commands[0], _commands[1]);
    }

    [Fact]
    public void Apply_KernelRefuses_IsAProblemUntilItDoesNot()
    {
        _refusal = "no such module";
        _filter.Apply(Of(Instance("a", "192.0.2.1")));
        Assert.Contains("no such module", _filter.Problem, StringComparison.Ordinal);
        _refusal = "";
        _filter.Look();
        Assert.Empty(_filter.Problem);
        Assert.Contains("refused4 { 192.0.2.1 }", _commands[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_TakesTheTableAway()
    {
        _filter.Apply(Of(Instance("a", "192.0.2.1")));
        _filter.Remove();
        Assert.StartsWith("add table inet loadbalancer.accept\ndelete table", _commands[^1], StringComparison.Ordinal);
    }

    private static VirtualAddress Address(string text) => new() { Address = InterfaceAddress.Host(IpAddr.Parse(text)) };

    private static VipInstance Instance(string name, params string[] addresses) =>
        new() { Name = name, Interface = "eth0", Accept = false, Addresses = [.. addresses.Select(Address)] };

    private static VipConfiguration Of(params VipInstance[] instances) => new() { Instances = [.. instances] };

    private NftResult Run(string commands)
    {
        if (commands.StartsWith("list", StringComparison.Ordinal))
        {
            return new(_isThere, "", "");
        }

        if (_refusal.Length > 0)
        {
            return new(false, "", _refusal);
        }

        _commands.Add(commands);
        return new(true, "", "");
    }
}
