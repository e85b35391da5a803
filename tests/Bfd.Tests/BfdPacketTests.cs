// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;

namespace LoadBalancer.Bfd.Tests;

public sealed class BfdPacketTests
{
    private static readonly BfdPacket Down = new()
    {
        State = BfdState.Down,
        DetectMultiplier = 3,
        Length = 24,
        MyDiscriminator = 0x0A0B0C0D,
        DesiredMinTransmit = TimeSpan.FromSeconds(1),
        RequiredMinReceive = TimeSpan.FromMilliseconds(300),
    };

    private static readonly BfdPacket UpWithFlags = new()
    {
        Diagnostic = BfdDiagnostic.NeighborSignaledDown,
        State = BfdState.Up,
        Poll = true,
        Final = true,
        ControlPlaneIndependent = true,
        Demand = true,
        DetectMultiplier = 5,
        Length = 24,
        MyDiscriminator = 1,
        YourDiscriminator = 0xFFFFFFFE,
        DesiredMinTransmit = TimeSpan.FromMilliseconds(50),
        RequiredMinReceive = TimeSpan.FromMilliseconds(10),
        RequiredMinEchoReceive = TimeSpan.FromMicroseconds(100),
    };

    public static TheoryData<string, BfdPacket> Known => new() { { Vectors.Down, Down }, { Vectors.UpWithFlags, UpWithFlags } };

    [Theory]
    [Trait("Scenario", "B01")]
    [Trait("Scenario", "B02")]
    [Trait("Rfc", "5880-4.1")]
    [MemberData(nameof(Known))]
    public void Packet_KnownOctets_AreReadAndWritten(string hex, BfdPacket expected)
    {
        Assert.True(BfdPacket.TryRead(Vectors.Bytes(hex), out BfdPacket read, out BfdDiscard reason));
        Assert.Equal((expected, BfdDiscard.None), (read, reason));
        byte[] written = new byte[BfdPacket.FixedLength];
        Assert.True(expected.TryWrite(written));
        Assert.Equal(hex, Convert.ToHexStringLower(written));
    }

    [Theory]
    [Trait("Scenario", "B02")]
    [InlineData(0, 0x01)]
    [InlineData(1, 0x3E)]
    public void Packet_EachBitAlone_TurnsOneFieldOver(int octet, byte bits)
    {
        byte[] octets = Vectors.Bytes(Vectors.Down);
        for (int bit = 1; bit < 0x40; bit <<= 1)
        {
            if ((bits & bit) == 0)
            {
                continue;
            }

            byte[] changed = [.. octets];
            changed[octet] ^= (byte)bit;
            changed[3] = 26;
            Assert.True(BfdPacket.TryRead([.. changed, 0, 0], out BfdPacket read, out _));
            BfdPacket expected = (octet, bit) switch
            {
                (0, 1) => Down with { Diagnostic = BfdDiagnostic.DetectionTimeExpired },
                (1, 0x20) => Down with { Poll = true },
                (1, 0x10) => Down with { Final = true },
                (1, 0x08) => Down with { ControlPlaneIndependent = true },
                (1, 0x04) => Down with { HasAuthentication = true },
                _ => Down with { Demand = true },
            };
            Assert.Equal(expected with { Length = 26 }, read);
        }
    }

    [Theory]
    [Trait("Scenario", "B02")]
    [Trait("Rfc", "5880-6.8.6")]
    [InlineData(BfdDiscard.Truncated, "")]
    [InlineData(BfdDiscard.Truncated, "204003")]
    [InlineData(BfdDiscard.UnknownVersion, "00400318" + "0a0b0c0d" + "00000000" + "000f4240000493e000000000")]
    [InlineData(BfdDiscard.UnknownVersion, "40400318" + "0a0b0c0d" + "00000000" + "000f4240000493e000000000")]
    [InlineData(BfdDiscard.LengthTooShort, "20400317" + "0a0b0c0d" + "00000000" + "000f4240000493e000000000")]
    [InlineData(BfdDiscard.LengthTooShort, "20440319" + "0a0b0c0d" + "00000000" + "000f4240000493e000000000" + "0103")]
    [InlineData(BfdDiscard.LengthBeyondDatagram, "20400319" + "0a0b0c0d" + "00000000" + "000f4240000493e000000000")]
    [InlineData(BfdDiscard.LengthBeyondDatagram, "20400318" + "0a0b0c0d" + "00000000" + "000f4240000493e0000000")]
    [InlineData(BfdDiscard.ZeroMultiplier, "20400018" + "0a0b0c0d" + "00000000" + "000f4240000493e000000000")]
    [InlineData(BfdDiscard.Multipoint, "20410318" + "0a0b0c0d" + "00000000" + "000f4240000493e000000000")]
    [InlineData(BfdDiscard.ZeroMyDiscriminator, "20400318" + "00000000" + "00000000" + "000f4240000493e000000000")]
    public void Packet_BreaksOneRule_NamesIt(BfdDiscard expected, string hex)
    {
        Assert.False(BfdPacket.TryRead(Vectors.Bytes(hex), out BfdPacket packet, out BfdDiscard reason));
        Assert.Equal((expected, default), (reason, packet));
    }

    [Fact]
    [Trait("Rfc", "5880-6.8.6")]
    public void Packet_BreaksAllRules_IsRefusedByTheFirstThatIsLeft()
    {
        byte[] octets = new byte[24];
        octets[1] = 0x45;
        BfdDiscard[] order =
        [
            BfdDiscard.UnknownVersion, BfdDiscard.LengthTooShort, BfdDiscard.LengthBeyondDatagram, BfdDiscard.ZeroMultiplier,
            BfdDiscard.Multipoint, BfdDiscard.ZeroMyDiscriminator, BfdDiscard.None,
        ];
        Action[] repairs =
        [
            () => octets[0] = 0x20, () => octets[3] = 99, () => octets = [.. octets, .. new byte[75]], () => octets[2] = 1,
            () => octets[1] ^= 1, () => octets[7] = 1, () => { },
        ];
        for (int i = 0; i < order.Length; i++)
        {
            _ = BfdPacket.TryRead(octets, out _, out BfdDiscard reason);
            Assert.Equal(order[i], reason);
            repairs[i]();
        }
    }

    [Fact]
    public void Packet_OctetsBehindItsLength_AreLeftAlone() =>
        Assert.True(BfdPacket.TryRead(Vectors.Bytes(Vectors.Down + "ffff"), out BfdPacket packet, out _) && packet == Down);

    [Fact]
    public void Packet_DestinationTooShort_WritesNothing()
    {
        byte[] destination = new byte[BfdPacket.FixedLength - 1];
        Assert.False(UpWithFlags.TryWrite(destination));
        Assert.All(destination, octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void Packet_AnyOctets_NeverThrowAndReadAsWritten() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Check).QuickCheckThrowOnFailure();

    [Fact]
    public void Packet_AnyOctetsOfValidShape_AreWrittenAsRead() =>
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), ArbMap.Default.ArbFor<ulong>(), ArbMap.Default.ArbFor<ulong>(), (a, b, c) =>
        {
            byte[] octets = new byte[32];
            _ = BitConverter.TryWriteBytes(octets.AsSpan(0), a);
            _ = BitConverter.TryWriteBytes(octets.AsSpan(8), b);
            _ = BitConverter.TryWriteBytes(octets.AsSpan(16), c);
            octets[0] = (byte)(0x20 | (octets[0] & 0x1F));
            octets[1] &= 0xFE;
            octets[2] |= 1;
            octets[3] = (byte)(26 + (octets[3] % 7));
            octets[7] |= 1;
            return BfdPacket.TryRead(octets, out _, out _) && Check(octets);
        }).QuickCheckThrowOnFailure();

    private static bool Check(byte[] octets)
    {
        bool read = BfdPacket.TryRead(octets, out BfdPacket packet, out BfdDiscard reason);
        byte[] written = new byte[BfdPacket.FixedLength];
        return read == (reason == BfdDiscard.None)
            && (!read || (packet.TryWrite(written) && octets.AsSpan().StartsWith(written) && packet.Length <= octets.Length));
    }
}
