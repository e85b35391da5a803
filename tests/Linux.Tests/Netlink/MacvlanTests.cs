// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Linux.Netlink;
using LoadBalancer.Primitives;

namespace LoadBalancer.Linux.Tests.Netlink;

public sealed class MacvlanTests : IDisposable
{
    private const string Alias = "vipd virtual MAC";
    private readonly Segment _segment = new();
    private readonly KernelNetwork _network;
    private readonly int _eth0;

    public MacvlanTests()
    {
        _network = _segment.A.Within(static () => new KernelNetwork());
        _eth0 = _segment.A.IndexOf("eth0");
    }

    private MacvlanSpec Device(byte id) => new()
    {
        Name = $"vrrp.{id}",
        LowerIndex = _eth0,
        Mac = MacAddr.Parse($"00:00:5e:00:01:{id:x2}"),
        Alias = Alias,
    };

    [Fact]
    public void Device_MadeAndUp_HasVirtualMacAndNoAddressOfItsOwn()
    {
        ChangeOutcome made = _network.Add([Device(51)])[0];
        Assert.True(made.Status == ChangeStatus.Done, made.Fault?.Message);
        LinkInfo link = Assert.Single(_network.ListLinks(), static l => l.Name == "vrrp.51");
        Assert.True(_network.SetUp([link.Index], up: true)[0].Holds);

        Assert.Equal(("macvlan", Alias, _eth0, MacAddr.Parse("00:00:5e:00:01:33")), (link.Kind, link.Alias, link.LowerIndex, link.Mac));
        string shown = _segment.A.Ip("-d link show vrrp.51");
        Assert.Contains("mode private", shown, StringComparison.Ordinal);
        Assert.Contains(",UP,", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("fe80", _segment.A.Ip("-6 address show dev vrrp.51"), StringComparison.Ordinal);
        Assert.True(_network.SetUp([link.Index], up: false)[0].Holds);
        Assert.DoesNotContain(",UP,", _segment.A.Ip("link show vrrp.51"), StringComparison.Ordinal);
    }

    [Fact]
    public void Device_MadeTwiceAndDeletedTwice_SecondTimeIsAlreadySo()
    {
        Assert.Equal(ChangeStatus.Done, _network.Add([Device(51)])[0].Status);
        Assert.Equal(ChangeStatus.AlreadySo, _network.Add([Device(51)])[0].Status);
        int index = _segment.A.IndexOf("vrrp.51");

        Assert.Equal(ChangeStatus.Done, _network.DeleteLinks([index])[0].Status);
        Assert.Equal(ChangeStatus.AlreadySo, _network.DeleteLinks([index])[0].Status);
    }

    [Fact]
    public void Device_NameIsTaken_SaysSo()
    {
        _segment.A.Ip("link add vrrp.51 type veth peer name other");

        Assert.Contains("another interface has the name", _network.Add([Device(51)])[0].Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sweep_Leftovers_GoAndOthersStay()
    {
        _network.Add([Device(1), Device(2), Device(3), Device(4) with { Alias = "somebody else" }]);

        var swept = _network.SweepMacvlans(Alias, static l => l.Name == "vrrp.2");

        Assert.Equal(["vrrp.1", "vrrp.3"], swept.Select(static l => l.Name));
        Assert.Equal(["vrrp.2", "vrrp.4"], _network.ListLinks().Where(static l => l.Kind == "macvlan").Select(static l => l.Name));
    }

    [Fact]
    public void Device_NameTooLong_IsRefused() =>
        Assert.Contains("15 octets", Assert.Throws<ArgumentException>(() => Device(1) with { Name = "sixteen-octets-x" }).Message, StringComparison.Ordinal);

    [Fact]
    public void Settings_SetAndRestored_KernelHasThem()
    {
        using InterfaceSettings settings = _segment.A.Within(static () => new InterfaceSettings());

        foreach ((InterfaceSetting setting, string file, int value) in new[]
        {
            (InterfaceSetting.ArpIgnore, "arp_ignore", 1),
            (InterfaceSetting.ArpFilter, "arp_filter", 1),
            (InterfaceSetting.ArpAnnounce, "arp_announce", 2),
            (InterfaceSetting.AcceptLocal, "accept_local", 1),
            (InterfaceSetting.ReversePathFilter, "rp_filter", 2),
            (InterfaceSetting.PromoteSecondaries, "promote_secondaries", 1),
            (InterfaceSetting.Forwarding, "forwarding", 1),
        })
        {
            string before = Proc(file);
            Assert.Equal(ChangeStatus.Done, settings.Set(_eth0, setting, value).Status);
            Assert.Equal(ChangeStatus.AlreadySo, settings.Set(_eth0, setting, value).Status);
            Assert.Equal($"{value}", Proc(file));
            Assert.Equal(value, settings.Read(_eth0, setting));
            Assert.Equal(new(_eth0, setting, int.Parse(before, System.Globalization.CultureInfo.InvariantCulture), value), Assert.Single(settings.Changed));
            Assert.Equal(0, settings.Restore(c => c.InterfaceIndex != _eth0));
            Assert.Equal(1, settings.Restore(c => c.InterfaceIndex == _eth0));
            Assert.Equal(before, Proc(file));
        }
    }

    [Fact]
    public void Settings_LeftByAKilledProcess_ArePutBack()
    {
        IReadOnlyList<ChangedSetting> kept = [];
        using (InterfaceSettings killed = _segment.A.Within(() => new InterfaceSettings(changed =>
        {
            // A kill right after this leaves what can be put back.
            Assert.Equal("0", Proc("arp_ignore"));
            kept = changed;
        })))
        {
            killed.Set(_eth0, InterfaceSetting.ArpIgnore, 1);
        }

        using InterfaceSettings settings = _segment.A.Within(static () => new InterfaceSettings());

        Assert.Equal(1, settings.Adopt(kept));
        Assert.Equal(ChangeStatus.AlreadySo, settings.Set(_eth0, InterfaceSetting.ArpIgnore, 1).Status);
        Assert.Equal(1, settings.Restore());
        Assert.Equal("0", Proc("arp_ignore"));
    }

    [Fact]
    public void Settings_ChangedBySomebodyElseMeanwhile_StayAsTheyAre()
    {
        using InterfaceSettings settings = _segment.A.Within(static () => new InterfaceSettings());
        settings.Set(_eth0, InterfaceSetting.ArpIgnore, 1);
        settings.Set(_eth0, InterfaceSetting.ArpAnnounce, 2);
        IReadOnlyList<ChangedSetting> kept = settings.Changed;
        Write("arp_ignore", "2");

        using InterfaceSettings successor = _segment.A.Within(static () => new InterfaceSettings());
        Assert.Equal(1, successor.Adopt(kept));
        Assert.Equal(1, settings.Restore());
        Assert.Equal(("2", "0"), (Proc("arp_ignore"), Proc("arp_announce")));
        Assert.Equal(0, successor.Restore());
        Assert.Equal(("2", "0"), (Proc("arp_ignore"), Proc("arp_announce")));
        Write("arp_ignore", "0");
    }

    [Fact]
    public void Settings_SetAnewOverSomebodyElsesValue_PutThatBack()
    {
        using InterfaceSettings settings = _segment.A.Within(static () => new InterfaceSettings());
        settings.Set(_eth0, InterfaceSetting.ArpIgnore, 1);
        Write("arp_ignore", "2");
        settings.Set(_eth0, InterfaceSetting.ArpIgnore, 1);

        Assert.Equal(1, settings.Restore());
        Assert.Equal("2", Proc("arp_ignore"));
        Write("arp_ignore", "0");
    }

    [Fact]
    public void Settings_OutweighedByAll_SaysWhichToChange()
    {
        Assert.Null(_segment.A.Within(static () =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
            return InterfaceSettings.Outweighed(InterfaceSetting.ReversePathFilter, 0);
        }));

        string? sentence = _segment.A.Within(static () =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "1");
            return InterfaceSettings.Outweighed(InterfaceSetting.ReversePathFilter, 0);
        });

        Assert.Contains("net.ipv4.conf.all.rp_filter=0", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_NoSuchInterface_SaysSo()
    {
        using InterfaceSettings settings = _segment.A.Within(static () => new InterfaceSettings());

        Assert.Contains("the interface is gone", settings.Set(4711, InterfaceSetting.ArpIgnore, 1).Fault?.Message, StringComparison.Ordinal);
    }

    private void Write(string file, string value) => _segment.A.Within(() =>
    {
        File.WriteAllText("/proc/sys/net/ipv4/conf/eth0/" + file, value);
        return true;
    });

    private string Proc(string file) => _segment.A.Within(() => File.ReadAllText("/proc/sys/net/ipv4/conf/eth0/" + file).Trim());

    public void Dispose()
    {
        _network.Dispose();
        _segment.Dispose();
    }
}
