// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Packets;
using LoadBalancer.Primitives;

namespace LoadBalancer.Layer2.Tests;

// Alone: the heap it measures is that of the whole process.
[CollectionDefinition(nameof(AnnouncementScheduleTests), DisableParallelization = true)]
[Collection(nameof(AnnouncementScheduleTests))]
public sealed class AnnouncementScheduleTests
{
    private static readonly AnnouncementOptions Defaults = new();
    private readonly GratuitousFrame[] _frames = new GratuitousFrame[4096];

    [Fact]
    [Trait("Scenario", "E43")]
    public void Takeover_AnnouncesAtOnceAndRepeatsForFiveSeconds_InRequestAndReplyForm()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service));
        List<(double At, GratuitousForm Form)> sent = Run(schedule, 60);
        Assert.Equal([0, 20, 100, 500, 1100, 2200, 3300, 4400],
            sent.FindAll(frame => frame.Form == GratuitousForm.ArpRequest).ConvertAll(frame => frame.At));
        Assert.Equal([0, 20, 100, 500, 1100, 2200, 3300, 4400],
            sent.FindAll(frame => frame.Form == GratuitousForm.ArpReply).ConvertAll(frame => frame.At));
        Assert.Equal(16, sent.Count);
        Assert.Equal(MonoTime.Never, schedule.NextDeadline);
        Assert.Equal(1, schedule.Count);
    }

    [Fact]
    [Trait("Scenario", "E43")]
    public void Frames_Written_AreTheAnnouncements()
    {
        Assert.Equal(
            "FFFFFFFFFFFF0200000000010806" + "0001080006040001" + "020000000001C0000264" + "000000000000C0000264",
            Written(new(GratuitousForm.ArpRequest, Lan.Service, Lan.Eth0)));
        Assert.Equal(
            "FFFFFFFFFFFF0200000000010806" + "0001080006040002" + "020000000001C0000264" + "020000000001C0000264",
            Written(new(GratuitousForm.ArpReply, Lan.Service, Lan.Eth0)));
        byte[] advertisement = Convert.FromHexString(Written(GratuitousFrame.Defence(Lan.Service6, Lan.Eth0)));
        Assert.Equal("333300000001", Convert.ToHexString(advertisement.AsSpan(0, 6)));
        Assert.True(NdMessage.TryRead(advertisement.AsSpan(EthernetHeader.Length), out NdMessage read, out _));
        Assert.Equal(NdFlags.Override, read.Flags);
        Assert.Equal((Lan.AllNodes, Lan.Service6, Lan.Eth0.LinkLocal!.Value), (read.Destination, read.Target, read.Source));
        Assert.Equal(Lan.Eth0.Mac, read.LinkLayerAddress);
        Assert.Equal(GratuitousForm.ArpRequest, GratuitousFrame.Defence(Lan.Service, Lan.Eth0).Form);
        Assert.False(GratuitousFrame.Defence(Lan.Service6, Lan.Eth0 with { LinkLocal = null }).TryWrite(new byte[99], out _));
    }

    [Fact]
    public void Reconcile_WithUnchangedState_AnnouncesNothingAgain()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service));
        _ = Run(schedule, 60);
        schedule.SetAnnouncements([Announced(Lan.Service), Announced(Lan.Service)]);
        schedule.SetLinks([Lan.Eth0]);
        Assert.Equal(MonoTime.Never, schedule.NextDeadline);
    }

    [Fact]
    public void Withdrawal_StopsAtOnce()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service));
        Assert.Equal(2, schedule.TakeDue(At(0), _frames));
        schedule.SetAnnouncements([]);
        Assert.Equal(MonoTime.Never, schedule.NextDeadline);
        Assert.Equal(0, schedule.TakeDue(At(30), _frames));
        Assert.Equal(0, schedule.Count);
    }

    [Fact]
    public void Interface_ThatAppearsLater_Announces()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service), new Announcement(Lan.Service6, InterfaceSet.Of(3)));
        _ = Run(schedule, 60);
        schedule.SetLinks([Lan.Eth0, Lan.Eth1]);
        int count = schedule.TakeDue(At(70_000), _frames);
        Assert.Equal(3, count);
        Assert.All(_frames[..count], frame => Assert.Equal(Lan.Eth1, frame.Link));
    }

    [Fact]
    public void Interface_WithNewMacOrCarrierAgain_AnnouncesAgain()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service));
        _ = Run(schedule, 60);
        InterfaceFacts failedOver = Lan.Eth0 with { Mac = Lan.Eth1.Mac };
        schedule.SetLinks([failedOver]);
        Assert.Equal(2, schedule.TakeDue(At(70_000), _frames));
        Assert.Equal(failedOver, _frames[0].Link);
        schedule.SetLinks([]);
        Assert.Equal(0, schedule.Count);
        schedule.SetLinks([failedOver]);
        Assert.Equal(2, schedule.TakeDue(At(80_000), _frames));
    }

    [Fact]
    public void IPv6_WaitsForLinkLocalAddress()
    {
        AnnouncementSchedule schedule = new(Defaults);
        schedule.SetAnnouncements([Announced(Lan.Service6)]);
        schedule.SetLinks([Lan.Eth0 with { LinkLocal = null }]);
        Assert.Equal(MonoTime.Never, schedule.NextDeadline);
        schedule.SetLinks([Lan.Eth0]);
        Assert.Equal(1, schedule.TakeDue(At(5), _frames));
        Assert.Equal(GratuitousForm.NeighborAdvertisement, _frames[0].Form);
    }

    [Fact]
    public void Refresh_WhenOn_GoesOnForEver()
    {
        AnnouncementSchedule schedule = Taken(Defaults with { RefreshInterval = TimeSpan.FromSeconds(10) }, Announced(Lan.Service6));
        Assert.Equal([0, 20, 100, 500, 1100, 2200, 3300, 4400, 14_400, 24_400, 34_400], Run(schedule, 40).ConvertAll(frame => frame.At));
    }

    [Fact]
    public void HundredsOfAddresses_AreAllAnnouncedBeforeAnyRepeat_WithinThePace()
    {
        const int Addresses = 1000;
        AnnouncementOptions options = Defaults with { FramesPerMillisecond = 10 };
        AnnouncementSchedule schedule = new(options);
        schedule.SetLinks([Lan.Eth0]);
        List<Announcement> announcements = [];
        for (uint i = 0; i < Addresses; i++)
        {
            announcements.Add(Announced(IpAddr.FromUInt32(0x6440_0000 + i)));
        }

        schedule.SetAnnouncements(announcements);
        HashSet<IpAddr> announced = [];
        Dictionary<long, int> perMillisecond = [];
        MonoTime now = At(0);
        while (announced.Count < Addresses)
        {
            int count = schedule.TakeDue(now, _frames);
            long tick = now.Nanoseconds / 1_000_000;
            perMillisecond[tick] = perMillisecond.GetValueOrDefault(tick) + count;
            for (int i = 0; i < count; i++)
            {
                Assert.True(announced.Add(_frames[i].Address) || _frames[i].Form == GratuitousForm.ArpReply, "a repeat came before a first");
            }

            Assert.True(schedule.NextDeadline > now);
            now = schedule.NextDeadline;
        }

        Assert.All(perMillisecond, entry => Assert.InRange(entry.Value, 1, options.FramesPerMillisecond));
        Assert.Equal(Addresses * 2 / options.FramesPerMillisecond, perMillisecond.Count);
    }

    [Fact]
    public void SmallBuffer_TakesTheRestWithTheNextCall()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service), Announced(IpAddr.Parse("192.0.2.101")));
        Assert.Equal(2, schedule.TakeDue(At(0), _frames.AsSpan(0, 3)));
        Assert.True(schedule.NextDeadline <= At(0));
        Assert.Equal(2, schedule.TakeDue(At(0), _frames.AsSpan(0, 3)));
        Assert.Equal(0, schedule.TakeDue(At(0), _frames.AsSpan(0, 3)));
    }

    [Fact]
    public void LongPause_IsMadeUpByOneRepeat()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service6));
        Assert.Equal(1, schedule.TakeDue(At(0), _frames));
        Assert.Equal(1, schedule.TakeDue(At(3000), _frames));
        Assert.Equal(At(3300), schedule.NextDeadline);
    }

    [Fact]
    public void Restart_AnnouncesAgainWhatIsAnnounced()
    {
        AnnouncementSchedule schedule = Taken(Defaults, Announced(Lan.Service6));
        _ = Run(schedule, 60);
        schedule.Restart(Lan.Service);
        Assert.Equal(MonoTime.Never, schedule.NextDeadline);
        schedule.Restart(Lan.Service6);
        Assert.Equal(8, Run(schedule, 60).Count);
    }

    [Fact]
    public void Flapping_WithLongRefresh_StaysBounded()
    {
        AnnouncementSchedule schedule = Taken(Defaults with { RefreshInterval = TimeSpan.FromHours(1) });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 100_000; i++)
        {
            schedule.SetAnnouncements((i & 1) == 0 ? [Announced(Lan.Service)] : []);
            _ = schedule.TakeDue(At(i), _frames);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1_000_000);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnnouncementSchedule(Defaults with { FramesPerMillisecond = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnnouncementSchedule(Defaults with { RefreshInterval = TimeSpan.FromSeconds(-1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnnouncementSchedule(Defaults with { FastRepeats = [TimeSpan.FromSeconds(-1)] }));
    }

    private static MonoTime At(double milliseconds) => new((long)(milliseconds * 1_000_000));

    private static Announcement Announced(IpAddr address) => new(address, InterfaceSet.All);

    private static AnnouncementSchedule Taken(AnnouncementOptions options, params Announcement[] announcements)
    {
        AnnouncementSchedule schedule = new(options);
        schedule.SetAnnouncements(announcements);
        schedule.SetLinks([Lan.Eth0]);
        return schedule;
    }

    private List<(double At, GratuitousForm Form)> Run(AnnouncementSchedule schedule, int seconds)
    {
        List<(double, GratuitousForm)> sent = [];
        MonoTime now = At(0);
        while (now <= At(seconds * 1000))
        {
            int count = schedule.TakeDue(now, _frames);
            for (int i = 0; i < count; i++)
            {
                sent.Add((now.Nanoseconds / 1e6, _frames[i].Form));
            }

            now = schedule.NextDeadline;
        }

        return sent;
    }

    private static string Written(GratuitousFrame frame)
    {
        byte[] octets = new byte[GratuitousFrame.MaxLength];
        Assert.True(frame.TryWrite(octets, out int length));
        return Convert.ToHexString(octets.AsSpan(0, length));
    }
}
