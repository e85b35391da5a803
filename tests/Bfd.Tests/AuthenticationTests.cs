// SPDX-License-Identifier: Apache-2.0
namespace LoadBalancer.Bfd.Tests;

/// <summary>RFC 5880 6.7: sections, order of the rules, sequence windows, change of keys.</summary>
public sealed class AuthenticationTests
{
    private static readonly BfdKey Key = new(7, "secret-key"u8);

    public static TheoryData<BfdAuthenticationType, string> KnownSections => new()
    {
        { BfdAuthenticationType.SimplePassword, Head("25") + "010d07" + "7365637265742d6b6579" },
        { BfdAuthenticationType.KeyedMd5, Head("30") + "02180700" + "0000002a" + Md5Digest },
        { BfdAuthenticationType.MeticulousKeyedMd5, Head("30") + "03180700" + "0000002a" + MeticulousMd5Digest },
        { BfdAuthenticationType.KeyedSha1, Head("34") + "041c0700" + "0000002a" + Sha1Digest },
        { BfdAuthenticationType.MeticulousKeyedSha1, Head("34") + "051c0700" + "0000002a" + MeticulousSha1Digest },
    };

    public static TheoryData<BfdAuthenticationType> Types => [.. Enum.GetValues<BfdAuthenticationType>()];

    public static TheoryData<BfdAuthenticationType> SequencedTypes =>
    [
        BfdAuthenticationType.KeyedMd5, BfdAuthenticationType.MeticulousKeyedMd5, BfdAuthenticationType.KeyedSha1,
        BfdAuthenticationType.MeticulousKeyedSha1,
    ];

    private const string Md5Digest = "017d2586c8a978125233a06713c57364";
    private const string MeticulousMd5Digest = "db5b0c679c4947fc048bcfe75abcb584";
    private const string Sha1Digest = "af4b798e86d67977a87ac231696bffa3484547bb";
    private const string MeticulousSha1Digest = "9225126d2b3fc9d5bc5bbd7b57af4effd2628762";

    [Theory]
    [Trait("Rfc", "5880-6.7")]
    [MemberData(nameof(KnownSections))]
    public void Section_KnownOctets_AreWrittenAndAccepted(BfdAuthenticationType type, string hex)
    {
        BfdAuthentication authentication = new(type, Key);
        Assert.Equal(hex, Convert.ToHexStringLower(Sign(authentication, 42)));
        Assert.Equal(BfdDiscard.None, With(authentication).In(BfdState.Down).ReceiveOctets(Vectors.Bytes(hex)).Discard);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Packet_AnyBitChanged_IsNotTaken(BfdAuthenticationType type)
    {
        BfdAuthentication authentication = new(type, Key);
        byte[] signed = Sign(authentication, 42);
        int from = type == BfdAuthenticationType.SimplePassword ? BfdPacket.FixedLength : 0;
        for (int bit = from * 8; bit < signed.Length * 8; bit++)
        {
            byte[] changed = [.. signed];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            if (BfdPacket.TryRead(changed, out _, out _))
            {
                Assert.NotEqual(BfdDiscard.None, With(authentication).In(BfdState.Down).ReceiveOctets(changed).Discard);
            }
        }
    }

    [Theory]
    [Trait("Scenario", "B08")]
    [MemberData(nameof(Types))]
    public void Packet_BreaksOneRule_NamesIt(BfdAuthenticationType type)
    {
        BfdAuthentication authentication = new(type, Key);
        byte[] signed = Sign(authentication, 42);
        BfdAuthenticationType other = type == BfdAuthenticationType.KeyedMd5
            ? BfdAuthenticationType.MeticulousKeyedMd5
            : BfdAuthenticationType.KeyedMd5;
        Assert.Equal(BfdDiscard.UnexpectedAuthentication, new Bench().In(BfdState.Down).ReceiveOctets(signed).Discard);
        Assert.Equal(BfdDiscard.MissingAuthentication, With(authentication).In(BfdState.Down).ReceiveOctets(Vectors.Bytes(Vectors.Down)).Discard);
        Assert.Equal(BfdDiscard.AuthenticationTypeMismatch, With(new(other, Key)).In(BfdState.Down).ReceiveOctets(signed).Discard);
        Assert.Equal(BfdDiscard.UnknownKey, Changed(26, 8));
        Assert.Equal(BfdDiscard.AuthenticationLength, Changed(25, (byte)(signed[25] - 1)));
        Assert.Equal(BfdDiscard.AuthenticationLength, Changed(25, (byte)(signed[25] + 1)));
        Assert.Equal(BfdDiscard.AuthenticationLength, Changed(3, 26));
        Assert.Equal(BfdDiscard.AuthenticationLength, Changed(3, (byte)(signed[3] - 1)));
        Assert.Equal(BfdDiscard.BadAuthentication, Changed(signed.Length - 1, (byte)~signed[^1]));

        BfdDiscard Changed(int octet, byte value)
        {
            byte[] changed = [.. signed];
            changed[octet] = value;
            return With(authentication).In(BfdState.Down).ReceiveOctets(changed).Discard;
        }
    }

    [Theory]
    [Trait("Scenario", "B28")]
    [Trait("Rfc", "5880-6.7.3")]
    [MemberData(nameof(SequencedTypes))]
    public void Window_EachNumberAroundTheLast_IsTakenOrNot(BfdAuthenticationType type)
    {
        BfdAuthentication authentication = new(type, Key);
        foreach (uint last in new[] { 100u, uint.MaxValue - 2, 0u })
        {
            for (int ahead = -3; ahead <= 12; ahead++)
            {
                Bench bench = With(authentication).In(BfdState.Down);
                Assert.Equal(BfdDiscard.None, bench.ReceiveOctets(Sign(authentication, last)).Discard);
                bool taken = ahead >= (authentication.IsMeticulous ? 1 : 0) && ahead <= 3 * 3;
                Assert.Equal(
                    taken ? BfdDiscard.None : BfdDiscard.SequenceOutsideWindow,
                    bench.ReceiveOctets(Sign(authentication, unchecked(last + (uint)ahead))).Discard);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SequencedTypes))]
    public void Window_ForgedPacket_DoesNotMoveIt(BfdAuthenticationType type)
    {
        BfdAuthentication authentication = new(type, Key);
        BfdAuthentication forger = new(type, new BfdKey(7, "guess"u8));
        Bench bench = With(authentication).In(BfdState.Down);
        Assert.Equal(BfdDiscard.BadAuthentication, bench.ReceiveOctets(Sign(forger, 5000)).Discard);
        Assert.Equal(BfdDiscard.None, bench.ReceiveOctets(Sign(authentication, 10)).Discard);
        Assert.Equal(BfdDiscard.BadAuthentication, bench.ReceiveOctets(Sign(forger, 19)).Discard);
        Assert.Equal(BfdDiscard.None, bench.ReceiveOctets(Sign(authentication, 11)).Discard);
    }

    [Fact]
    [Trait("Rfc", "5880-6.8.1")]
    public void Window_PeerSilentForTwoDetectionTimes_IsForgottenAndNotBefore()
    {
        BfdAuthentication authentication = new(BfdAuthenticationType.MeticulousKeyedSha1, Key);
        Bench bench = With(authentication).In(BfdState.Down).ReceiveOctets(Sign(authentication, 1000));
        TimeSpan detection = bench.Session.DetectionTime;
        Assert.Equal(TimeSpan.FromMilliseconds(900), detection);
        _ = bench.Tick(detection).Tick(detection - TimeSpan.FromMicroseconds(1));
        Assert.Equal(BfdDiscard.SequenceOutsideWindow, bench.ReceiveOctets(Sign(authentication, 1)).Discard);
        _ = bench.Tick(TimeSpan.FromMicroseconds(1));
        Assert.Equal(BfdDiscard.None, bench.ReceiveOctets(Sign(authentication, 1)).Discard);
    }

    [Fact]
    [Trait("Scenario", "B28")]
    public void Replay_RecordedMeticulousStream_IsRefusedWhole()
    {
        BfdAuthentication authentication = new(BfdAuthenticationType.MeticulousKeyedSha1, Key);
        Bench bench = With(authentication).In(BfdState.Down);
        for (uint sequence = 1; sequence <= 100; sequence++)
        {
            Assert.Equal(BfdDiscard.None, bench.ReceiveOctets(Sign(authentication, sequence)).Discard);
        }

        for (uint sequence = 1; sequence <= 100; sequence++)
        {
            Assert.Equal(BfdDiscard.SequenceOutsideWindow, bench.ReceiveOctets(Sign(authentication, sequence)).Discard);
        }
    }

    [Theory]
    [MemberData(nameof(SequencedTypes))]
    public void Sequence_Sent_RisesWithEachPacketOrWithTheContents(BfdAuthenticationType type)
    {
        BfdAuthentication authentication = new(type, Key);
        Bench bench = With(authentication).Enable();
        uint first = Sequence(bench);
        uint second = Sequence(bench.TickAtDeadline());
        Assert.Equal(authentication.IsMeticulous ? first + 1 : first, second);
        _ = bench.ReceiveOctets(Sign(authentication, 1, BfdState.Init));
        Assert.Equal(BfdState.Up, bench.Session.State);
        Assert.Equal(second + 1, Sequence(bench));
    }

    [Fact]
    public void Sequence_First_IsDrawnFromTheSeed()
    {
        BfdParameters parameters = new() { Authentication = new(BfdAuthenticationType.KeyedSha1, Key) };
        Assert.Equal(Sequence(new Bench(parameters, 1).Enable()), Sequence(new Bench(parameters, 1).Enable()));
        Assert.NotEqual(Sequence(new Bench(parameters, 1).Enable()), Sequence(new Bench(parameters, 2).Enable()));
    }

    [Fact]
    public void Keys_Changed_BothAreTakenAndTheFirstSigns()
    {
        BfdKey next = new(8, "next-key"u8);
        BfdAuthentication old = new(BfdAuthenticationType.MeticulousKeyedSha1, Key);
        BfdAuthentication both = new(BfdAuthenticationType.MeticulousKeyedSha1, next, Key);
        Bench bench = With(old).In(BfdState.Down).ReceiveOctets(Sign(old, 50));
        _ = bench.Step(BfdEvent.Configure(new BfdParameters { Authentication = both }));
        Assert.Equal(8, bench.Tick(TimeSpan.FromSeconds(1)).Octets[26]);
        Assert.Equal(BfdDiscard.SequenceOutsideWindow, bench.ReceiveOctets(Sign(old, 50)).Discard);
        Assert.Equal(BfdDiscard.None, bench.ReceiveOctets(Sign(old, 51)).Discard);
        Assert.Equal(BfdDiscard.None, bench.ReceiveOctets(Sign(both, 52)).Discard);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.SimplePassword, 16)]
    [InlineData(BfdAuthenticationType.KeyedMd5, 16)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1, 20)]
    public void Keys_LengthAndNumbers_AreChecked(BfdAuthenticationType type, int most)
    {
        _ = new BfdAuthentication(type, new BfdKey(1, new byte[most]));
        Assert.Contains($"1 to {most}", Refused(new BfdKey(1, new byte[most + 1])), StringComparison.Ordinal);
        Assert.Contains("key 1 has 0 octets", Refused(new BfdKey(1, [])), StringComparison.Ordinal);
        Assert.Contains("number 1", Refused(Key, new BfdKey(1, "a"u8), new BfdKey(1, "b"u8)), StringComparison.Ordinal);
        Assert.Contains("no key", Refused(), StringComparison.Ordinal);

        string Refused(params BfdKey[] keys) => Assert.Throws<ArgumentException>(() => new BfdAuthentication(type, keys)).Message;
    }

    private static string Head(string length) => "20c403" + length + "2222222211111111" + "000493e0" + "000493e0" + "00000000";

    private static Bench With(BfdAuthentication authentication) => new(new BfdParameters { Authentication = authentication });

    private static uint Sequence(Bench bench)
    {
        Assert.NotNull(bench.Sent);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bench.Octets.AsSpan(28));
    }

    private static byte[] Sign(BfdAuthentication authentication, uint sequence, BfdState state = BfdState.Up)
    {
        BfdPacket packet = new()
        {
            State = state,
            HasAuthentication = true,
            DetectMultiplier = 3,
            Length = (byte)(BfdPacket.FixedLength + authentication.SectionLength),
            MyDiscriminator = Bench.Remote,
            YourDiscriminator = Bench.Local,
            DesiredMinTransmit = TimeSpan.FromMilliseconds(300),
            RequiredMinReceive = TimeSpan.FromMilliseconds(300),
        };
        byte[] octets = new byte[packet.Length];
        Assert.True(packet.TryWrite(octets));
        authentication.Sign(octets, sequence);
        return octets;
    }
}
