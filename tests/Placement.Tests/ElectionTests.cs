// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement.Tests;

public sealed class ElectionTests
{
    private static readonly IpAddr Inside = IpAddr.Parse("192.0.2.10");
    private static readonly IpAddr Outside = IpAddr.Parse("203.0.113.10");
    private readonly Election[] _nodes = [Make("a"), Make("b")];
    private MonoTime _now = new(1_000_000_000);

    private static Election Make(string node) =>
        new(new ElectionOptions { Membership = new MembershipOptions { Node = node } }, Rendezvous.HashNode(node));

    private static AddressDemand Demand(IpAddr address, Ineligibility a, Ineligibility b, string[]? interfaces = null) => new()
    {
        Address = address,
        Group = "web",
        Candidates = new CandidateSet(
        [
            new Candidate { Node = "a", Ineligibility = a, Interfaces = interfaces },
            new Candidate { Node = "b", Ineligibility = b, Interfaces = interfaces },
        ]),
    };

    private void Want(params AddressDemand[] demands)
    {
        foreach (Election node in _nodes)
        {
            node.SetLink("eth0", true, [IpPrefix.Parse("192.0.2.0/24")], _now);
            node.SetDemands(demands, _now);
        }
    }

    private void Run(int milliseconds)
    {
        ElectionOutput output = new();
        for (int step = 0; step < milliseconds; step += 5)
        {
            _now += TimeSpan.FromMilliseconds(5);
            for (int i = 0; i < _nodes.Length; i++)
            {
                output.Clear();
                _nodes[i].Tick(_now, output);
                foreach (OutgoingHeartbeat heartbeat in output.Heartbeats)
                {
                    _nodes[1 - i].Receive("eth0", heartbeat.Datagram.Span, _now);
                }
            }
        }
    }

    private string Owners(IpAddr address) =>
        (_nodes[0].Announces("eth0", address) ? "a" : "") + (_nodes[1].Announces("eth0", address) ? "b" : "");

    [Fact]
    public void Holder_Excluded_YieldsToTheOtherNode()
    {
        Want(Demand(Inside, Ineligibility.None, Ineligibility.NoReadyEndpoint));
        Run(1000);
        Assert.Equal("a", Owners(Inside));
        Want(Demand(Inside, Ineligibility.ExcludedByLabel, Ineligibility.None));
        Run(100);
        Assert.Equal("b", Owners(Inside));
        Assert.Equal("b", _nodes[0].Segments["eth0"].HolderOf(Inside));
        Assert.Contains(new NodeVerdict("a", Ineligibility.ExcludedByLabel, 0), _nodes[1].Segments["eth0"].Explain(Inside));
    }

    [Fact]
    public void Address_OutsideThePrefixes_NeedsANamedInterface()
    {
        Want(Demand(Outside, Ineligibility.None, Ineligibility.None));
        Run(1000);
        Assert.Equal("", Owners(Outside));
        Assert.Equal(Ineligibility.NoInterfaceForAddress, _nodes[0].Segments["eth0"].Explain(Outside)[0].Ineligibility);
        Want(Demand(Outside, Ineligibility.None, Ineligibility.None, ["eth0"]));
        Run(100);
        Assert.Equal(1, Owners(Outside).Length);
    }

    [Fact]
    public void Demand_Gone_IsDroppedAtOnce()
    {
        Want(Demand(Inside, Ineligibility.None, Ineligibility.None));
        Run(1000);
        Assert.Equal(1, Owners(Inside).Length);
        Want();
        Assert.Equal("", Owners(Inside));
    }
}
