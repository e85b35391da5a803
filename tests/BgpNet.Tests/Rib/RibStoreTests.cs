// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>The parts of the RIB beside models of theirs: sets, lists, numbers that are given out again.</summary>
public sealed class RibStoreTests
{
    [Fact]
    public void Numbers_OfWhatNobodyHas_AreGivenOutAgain()
    {
        AttributeStore attributes = new();
        OfferStore offers = new(attributes);
        for (int i = 0; i < 40; i++)
        {
            int offer = offers.Intern(RouteOffer.ToAll(RibCases.Tagged(i)));
            offers.AddReference(offer);
            offers.Release(offer);
        }

        Assert.Equal((2, 0), (offers.End, attributes.Count));
        Assert.Equal(1, attributes.Acquire(new(RibCases.Tagged(99))));
    }

    [Fact]
    public void Attributes_UnderANumberThatWasUsed_AreEncodedAnew()
    {
        AdjRibOut rib = new();
        Receiver peer = new(rib, rib.AddPolicy(), RibCases.OnlyIPv4);
        for (int tag = 0; tag < 5; tag++)
        {
            rib.Set(RibCases.Host(1), RouteOffer.ToAll(RibCases.Tagged(tag)));
            peer.Drain();
            Assert.Equal(RibCases.Seen(RibCases.OnlyIPv4, IpFamily.IPv4, RibCases.Tagged(tag)), peer.Table[new(RibCases.Host(1), 0)]);
        }
    }

    [Fact]
    public void Offer_ForNamedPolicies_IsTheirsInAnyOrderAndTheLastWordCounts()
    {
        AdjRibOut rib = new();
        PolicyId[] policies = [rib.AddPolicy(), rib.AddPolicy(), rib.AddPolicy()];
        RouteOffer offer = RouteOffer.ToAll(RibCases.Tagged(0)).With(policies[2], RibCases.Tagged(9)).With(policies[1], null).With(policies[2], RibCases.Tagged(2));
        rib.Set(RibCases.Host(1), offer);
        for (int i = 0; i < 3; i++)
        {
            Receiver peer = new(rib, policies[i], RibCases.OnlyIPv4);
            peer.Drain();
            Assert.Equal(i == 1 ? null : RibCases.Seen(RibCases.OnlyIPv4, IpFamily.IPv4, RibCases.Tagged(i)), peer.Table.GetValueOrDefault(new(RibCases.Host(1), 0)));
        }

        // Said again by another object, it is the same; and nothing of either stays.
        Assert.False(rib.Set(RibCases.Host(1), RouteOffer.ToAll(RibCases.Tagged(0)).With(policies[1], null).With(policies[2], RibCases.Tagged(2))));
        Assert.Equal(2, rib.AttributeSets);
        rib.Remove(RibCases.Host(1));
        AdjRibOut empty = new();
        empty.AddPolicy();
        empty.Set(RibCases.Host(1), RouteOffer.ToAll(RibCases.Tagged(0)));
        empty.Set(RibCases.Host(1), RouteOffer.ToAll(RibCases.Tagged(0)));
        empty.Remove(RibCases.Host(1));
        Assert.Equal(0, empty.AttributeSets);
    }

    [Fact]
    public void RouteTable_AfterAnyOperations_HoldsWhatADictionaryDoes()
    {
        Random random = new(1);
        RouteTable<IPv4Key> table = new();
        Dictionary<(uint Address, byte Length, uint Path), int> model = [];
        List<int>[] lists = [[], [], [], []];
        for (int i = 0; i < 30_000; i++)
        {
            (uint Address, byte Length, uint Path) route = ((uint)random.Next(3000) << 16, (byte)(16 + random.Next(2)), (uint)random.Next(2));
            IPv4Key key = IPv4Key.From(IpAddr.FromUInt32(route.Address));
            int slot = table.Find(key, route.Length, route.Path);
            Assert.Equal(model.GetValueOrDefault(route), slot);
            if (slot == 0)
            {
                model[route] = slot = table.Add(key, route.Length, route.Path);
            }

            int offer = random.Next(4);
            List<int> was = lists[table[slot].Offer];
            int at = was.IndexOf(slot);
            int behind = table[slot].Offer != 0 && at + 1 < was.Count ? was[at + 1] : 0;
            Assert.Equal(behind, table.Move(slot, offer));
            was.Remove(slot);
            if (offer != 0)
            {
                lists[offer].Add(slot);
            }
            else
            {
                model.Remove(route);
                table.Release(slot);
            }
        }

        for (int offer = 1; offer < 4; offer++)
        {
            int slot = table.Head(offer);
            foreach (int expected in lists[offer])
            {
                Assert.Equal(expected, slot);
                slot = table[slot].Next;
            }

            Assert.Equal(0, slot);
        }
    }

    [Fact]
    public void KnownValues_OverPages_AreFoundInOrderAndTaken()
    {
        KnownValues.Pool pool = new();
        KnownValues known = new(pool);
        int[] slots = [5, 1023, 1024, 1030, 5000, 9000];
        foreach (int slot in slots)
        {
            known.Put(slot, slot + 1);
        }

        List<int> found = [];
        for (int slot = known.Next(1); slot >= 0; slot = known.Next(slot + 1))
        {
            found.Add(slot);
        }

        Assert.Equal(slots, found);
        Assert.Equal(5000, known.Next(1031));
        Assert.Equal((1031, 0, 0), (known.Take(1030), known.Get(1030), known.Take(1030)));
        Assert.Equal(1025, known.Take(1024));
        int[] page = pool.Rent();
        Assert.All(page, value => Assert.Equal(0, value));
        pool.Return(page);
        Assert.Same(page, pool.Rent());
    }

    [Fact]
    public void SlotSet_Copied_IsASetOfItsOwn()
    {
        SlotSet first = new();
        first.Add(70);
        first.Add(9000);
        SlotSet second = new();
        second.CopyFrom(first);
        first.Remove(70);
        Assert.Equal((2, 70, 9000, -1), (second.Count, second.Next(0), second.Next(71), second.Next(9001)));
        Assert.Equal((1, 9000), (first.Count, first.Next(0)));
    }

    [Fact]
    public void Route_InRoomThatIsJustEnough_IsWritten()
    {
        RouteEntry<IPv4Key> entry = new() { Key = IPv4Key.From(IpAddr.Parse("192.0.2.1")), Length = 24, PathId = 7 };
        Assert.Equal((4, 0), (entry.Write(new byte[4], false), entry.Write(new byte[3], false)));
        Assert.Equal((8, 0), (entry.Write(new byte[8], true), entry.Write(new byte[7], true)));
    }
}
