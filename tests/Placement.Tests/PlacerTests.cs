// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.Membership;
using LoadBalancer.Primitives;

namespace LoadBalancer.Placement.Tests;

public sealed class PlacerTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(static i => "node-" + i)];

    private static PlacementRequest Request(int address, IReadOnlyList<AbleNode> able, int recorded = -1, string? group = null) => new()
    {
        Address = IpAddr.FromUInt32(0x6440_0000 + (uint)address),
        Group = group ?? "g" + address,
        Able = able,
        Recorded = recorded,
    };

    private static AbleNode[] All(int nodes) => [.. Enumerable.Range(0, nodes).Select(static i => new AbleNode(i, 0))];

    private static int[] Place(int nodes, IReadOnlyList<PlacementRequest> requests) =>
        new Placer(Names(nodes), new int[nodes], requests.Count, nodes).Place(requests);

    [Fact]
    public void Load_AllAble_StaysWithinTheBound() =>
        Prop.ForAll<byte, byte>(static (nodeSeed, addressSeed) =>
        {
            int nodes = 1 + (nodeSeed % 20);
            PlacementRequest[] requests = [.. Enumerable.Range(0, addressSeed).Select(i => Request(i, All(nodes)))];
            return Place(nodes, requests).CountBy(static node => node).All(pair => pair.Value <= Placer.Bound(requests.Length, nodes));
        }).Check(Often);

    [Fact]
    public void Order_OfRequestsAndNodes_DoesNotMatter() =>
        Prop.ForAll<byte, byte>(static (nodeSeed, addressSeed) =>
        {
            int nodes = 1 + (nodeSeed % 20);
            PlacementRequest[] requests = [.. Enumerable.Range(0, addressSeed).Select(i => Request(i, All(nodes)))];
            int[] forward = Place(nodes, requests);
            string[] names = Names(nodes);
            int[] backward = new Placer([.. names.Reverse()], new int[nodes], requests.Length, nodes).Place([.. requests.Reverse()]);
            return forward.Select(node => names[node]).SequenceEqual(backward.Reverse().Select(node => names[nodes - 1 - node]));
        }).Check(Often);

    [Fact]
    public void Staged_SomeHoldTheirShareAlready_TheRestIsPlacedAlike() =>
        Prop.ForAll<byte, byte, int>(static (nodeSeed, addressSeed, claimed) =>
        {
            int nodes = 2 + (nodeSeed % 10);
            PlacementRequest[] requests = [.. Enumerable.Range(0, addressSeed).Select(i => Request(i, All(nodes)))];
            int[] joint = Place(nodes, requests);
            int[] loads = new int[nodes];
            List<int> rest = [];
            for (int i = 0; i < joint.Length; i++)
            {
                if (((claimed >> joint[i]) & 1) == 1)
                {
                    loads[joint[i]]++;
                }
                else
                {
                    rest.Add(i);
                }
            }

            int[] staged = new Placer(Names(nodes), loads, requests.Length, nodes).Place([.. rest.Select(i => requests[i])]);
            return staged.SequenceEqual(rest.Select(i => joint[i]));
        }).Check(Often);

    [Fact]
    public void Group_OnePlace_StaysTogether()
    {
        PlacementRequest[] requests = [.. Enumerable.Range(0, 100).Select(static i => Request(i, All(5), group: "g" + (i / 2)))];
        int[] placed = Place(5, requests);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(placed[2 * i], placed[(2 * i) + 1]));
    }

    [Fact]
    public void Score_Higher_IsAskedFirst() =>
        Assert.All(Place(3, [.. Enumerable.Range(0, 30).Select(static i => Request(i, [new(0, 0), new(1, 10), new(2, 5)]))]), static node => Assert.Equal(1, node));

    [Fact]
    public void Recorded_Able_IsKeptAndElsePlaced()
    {
        Assert.Equal([2], Place(3, [Request(1, All(3), recorded: 2)]));
        Assert.NotEqual([2], Place(3, [Request(1, All(2), recorded: 2)]));
        Assert.Equal([-1], Place(3, [Request(1, [])]));
    }

    [Fact]
    public void Rendezvous_KnownVector_IsTheSameInEveryProcess() =>
        Assert.Equal(
            0xAB02F026BDE75B82,
            Rendezvous.Weigh(Rendezvous.HashNode("node-a"), Rendezvous.HashAddress(IpAddr.Parse("192.0.2.1"))));

    [Fact]
    public void ClaimOrder_EveryPair_HasOneWinnerSeenAlikeFromBothSides() =>
        Prop.ForAll<byte, byte, bool>(static (left, right, yielded) =>
        {
            Claim a = new(IpAddr.Parse("192.0.2.1"), (uint)(left % 4), yielded);
            Claim b = new(IpAddr.Parse("192.0.2.1"), (uint)(right % 4), false);
            int forward = ClaimOrder.Compare(a, "a", b, "b");
            int backward = ClaimOrder.Compare(b, "b", a, "a");
            return forward != 0 && Math.Sign(forward) == -Math.Sign(backward) && (!yielded || forward < 0);
        }).Check(Often);
}
