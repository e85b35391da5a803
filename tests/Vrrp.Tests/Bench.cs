// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using LoadBalancer.Primitives;

namespace LoadBalancer.Vrrp.Tests;

/// <summary>One instance under a manual clock, a wire to write to it, and what its last step asked for.</summary>
internal sealed class Bench
{
    public static readonly IpAddr Own = IpAddr.Parse("192.0.2.10");
    public static readonly IpAddr Lower = IpAddr.Parse("192.0.2.9");
    public static readonly IpAddr Higher = IpAddr.Parse("192.0.2.11");
    public static readonly IpAddr Virtual = IpAddr.Parse("192.0.2.100");

    private readonly byte[] _wire = new byte[VrrpWire.MaxLength];

    public Bench(VrrpParameters? parameters = null)
    {
        VrrpParameters used = parameters ?? Parameters();
        Instance = new VrrpInstance(new VrrpKey(2, used.Family, used.VirtualRouterId), used);
        Source = used.Family == IpFamily.IPv4 ? Own : IpAddr.Parse("fe80::10");
    }

    public VrrpInstance Instance { get; }

    public Recorder Seen { get; } = new();

    public IpAddr Source { get; }

    public MonoTime Now { get; set; } = new(1_000_000_000_000);

    public VrrpState State => Instance.State;

    /// <summary>Router 51, priority 100, an advertisement each 100 ms.</summary>
    public static VrrpParameters Parameters(VrrpPolicy? policy = null, VrrpVersion version = VrrpVersion.V3) => new()
    {
        Version = version,
        VirtualRouterId = 51,
        Interval = version == VrrpVersion.V2 ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(100),
        Addresses = [Virtual],
        Policy = policy ?? VrrpPolicy.Default,
    };

    public Bench Start()
    {
        _ = Step(VrrpEvent.Source(Source, 24));
        _ = Step(VrrpEvent.Start);
        return this;
    }

    /// <summary>Brings it to a state by the shortest way, and forgets what was seen on the way.</summary>
    public Bench In(VrrpState state)
    {
        if (state != VrrpState.Initialize)
        {
            Start();
        }

        if (state == VrrpState.Master && State != VrrpState.Master)
        {
            _ = AtDeadline();
        }

        Assert.Equal(state, State);
        Seen.Clear();
        return this;
    }

    public VrrpDiscard Step(scoped in VrrpEvent input)
    {
        Seen.Clear();
        return Instance.Step(input, Now, Seen);
    }

    public Bench After(TimeSpan later)
    {
        Now += later;
        _ = Step(VrrpEvent.Timer);
        return this;
    }

    /// <summary>Moves the clock to the next deadline.</summary>
    public Bench AtDeadline()
    {
        Assert.NotEqual(MonoTime.Never, Instance.NextDeadline);
        Now = Instance.NextDeadline > Now ? Instance.NextDeadline : Now;
        _ = Step(VrrpEvent.Timer);
        return this;
    }

    /// <summary>Gives every deadline up to an instant its timer; what was seen adds up.</summary>
    public Bench RunFor(TimeSpan span)
    {
        MonoTime end = Now + span;
        Seen.Clear();
        while (Instance.NextDeadline <= end)
        {
            Now = Instance.NextDeadline > Now ? Instance.NextDeadline : Now;
            Instance.Step(VrrpEvent.Timer, Now, Seen);
        }

        Now = end;
        return this;
    }

    /// <summary>An advertisement of another node, right but for what is said.</summary>
    public VrrpDiscard Hear(
        byte priority,
        IpAddr? from = null,
        int? centiseconds = null,
        IpAddr[]? addresses = null,
        ChecksumForm form = ChecksumForm.PseudoHeader,
        byte hopLimit = 255,
        IpAddr? to = null,
        VrrpVersion? version = null,
        VrrpPassword? password = null)
    {
        IpAddr source = from ?? (Source.IsIPv4 ? Lower : IpAddr.Parse("fe80::9"));
        byte[] octets = Message(priority, source, centiseconds, addresses, form, to, version, password);
        return HearOctets(octets, source, hopLimit, to);
    }

    public byte[] Message(
        byte priority,
        IpAddr source,
        int? centiseconds = null,
        IpAddr[]? addresses = null,
        ChecksumForm form = ChecksumForm.PseudoHeader,
        IpAddr? to = null,
        VrrpVersion? version = null,
        VrrpPassword? password = null)
    {
        VrrpParameters own = Instance.Parameters;
        VrrpMessage message = new()
        {
            Version = version ?? own.Version,
            VirtualRouterId = own.VirtualRouterId,
            Priority = priority,
            Centiseconds = centiseconds ?? own.Centiseconds,
            AuthenticationType = password is null ? VrrpAuthenticationType.None : VrrpAuthenticationType.SimpleText,
            Password = password ?? default,
        };
        Assert.True(message.TryWrite(_wire, source.Family, addresses ?? [.. own.Addresses], out int length));
        VrrpMessage.Seal(_wire.AsSpan(0, length), priority, source, to ?? VrrpWire.Group(source.Family), form);
        return _wire.AsSpan(0, length).ToArray();
    }

    public VrrpDiscard HearOctets(byte[] octets, IpAddr source, byte hopLimit = 255, IpAddr? to = null)
    {
        IpAddr destination = to ?? VrrpWire.Group(source.Family);
        return VrrpPacket.TryRead(octets, source, destination, out VrrpPacket packet, out VrrpDiscard reason)
            ? Step(VrrpEvent.Received(packet, new VrrpArrival(source, destination, hopLimit, 2)))
            : reason;
    }

    /// <summary>Changes octets of a message and puts its checksum right again.</summary>
    public static byte[] Patched(byte[] octets, IpAddr source, IpAddr destination, params (int At, byte Octet)[] changes)
    {
        byte[] patched = [.. octets];
        foreach ((int at, byte octet) in changes)
        {
            patched[at] = octet;
        }

        BinaryPrimitives.WriteUInt16BigEndian(patched.AsSpan(6), 0);
        ChecksumForm form = patched[0] >> 4 == 2 ? ChecksumForm.MessageOnly : ChecksumForm.PseudoHeader;
        BinaryPrimitives.WriteUInt16BigEndian(patched.AsSpan(6), VrrpChecksum.Compute(patched, form, source, destination));
        return patched;
    }
}
