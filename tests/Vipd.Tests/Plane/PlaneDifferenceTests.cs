// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.VipConfig;
using LoadBalancer.Vipd.Plane;

namespace LoadBalancer.Vipd.Tests.Plane;

public sealed class PlaneDifferenceTests
{
    private const string Web = """
          web:
            interface: eth0
            virtualRouterId: 51
            addresses: [192.0.2.100/24]

        """;

    private const string Other = """
          other:
            interface: eth0
            virtualRouterId: 52
            addresses: [192.0.2.101/24]

        """;

    [Fact]
    public void Between_TheSame_NamesNothing()
    {
        PlaneDifference difference = Between(Web + Other, Web + Other);
        Assert.Empty(difference.Added);
        Assert.Empty(difference.Removed);
        Assert.Empty(difference.Changed);
        Assert.Empty(difference.Restarted);
    }

    [Fact]
    public void Between_OneAddedOneGone_NamesThoseAlone()
    {
        Assert.Equal("other", Assert.Single(Between(Web, Web + Other).Added).Instance.Name);
        PlaneDifference gone = Between(Web + Other, Web);
        Assert.Equal("other", Assert.Single(gone.Removed));
        Assert.Empty(gone.Changed);
    }

    [Theory]
    [InlineData("    priority: 120\n", false)]
    [InlineData("    excludedAddresses: [192.0.2.110/24]\n", false)]
    [InlineData("    track:\n      interfaces: [eth1]\n", false)]
    [InlineData("    virtualMac: {}\n", true)]
    [InlineData("    multicastGroup: 224.0.0.99\n", true)]
    [InlineData("    unicast:\n      peers: [192.0.2.2]\n", true)]
    [Trait("Scenario", "CFG-07")]
    public void Between_AnotherField_ChangesInPlaceUnlessASocketIsBoundToIt(string field, bool restarts)
    {
        PlaneDifference difference = Between(Web, Web + field);
        Assert.Equal(restarts ? 0 : 1, difference.Changed.Count);
        Assert.Equal(restarts ? 1 : 0, difference.Restarted.Count);
    }

    [Fact]
    public void Between_AnotherWeightOfATrackedScript_ChangesWhoTracksIt()
    {
        string tracking = Web + "    track:\n      scripts: [answers]\n" + Other;
        string script(int weight) => $"scripts:\n  answers:\n    command: [/bin/true]\n    weight: {weight}\n";
        PlaneDifference difference = PlaneDifference.Between(Read(tracking, script(10)), Read(tracking, script(20)));
        Assert.Equal("web", Assert.Single(difference.Changed).Instance.Name);
    }

    [Fact]
    public void Between_NewSyncGroup_ChangesItsMembers()
    {
        PlaneDifference difference = PlaneDifference.Between(Read(Web + Other, ""), Read(Web + Other, "syncGroups:\n  both:\n    members: [web, other]\n"));
        Assert.Equal(["web", "other"], difference.Changed.Select(static s => s.Instance.Name));
        Assert.All(difference.Changed, static s => Assert.True(s.Parameters.Grouped));
    }

    private static PlaneDifference Between(string before, string after) => PlaneDifference.Between(Read(before, ""), Read(after, ""));

    private static VipConfiguration Read(string instances, string rest)
    {
        ConfigurationReading reading = VipdYaml.Read("version: 1\ninstances:\n" + instances + rest, "test.yaml");
        Assert.True(reading.IsValid, string.Join('\n', reading.Problems));
        return reading.Configuration;
    }
}
