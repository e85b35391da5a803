// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.Primitives;

namespace LoadBalancer.Membership.Tests;

public sealed class HeartbeatCodecTests
{
    private static readonly HeartbeatKey Key = new("a key of at least sixteen octets"u8);

    private static byte[] Sample(HeartbeatKey? key)
    {
        Heartbeat beat = new()
        {
            Node = "node-1.example",
            Interface = "eth0",
            Incarnation = 0x0102030405060708,
            Sequence = 42,
            Ready = true,
            TotalClaims = 9,
            After = IpAddr.Parse("192.0.2.1"),
        };
        beat.Prefixes.Add(IpPrefix.Parse("192.0.2.0/24"));
        beat.Echoes.Add(new(7, 8));
        beat.Claims.Add(new(IpAddr.Parse("192.0.2.2"), 3, false));
        beat.Claims.Add(new(IpAddr.Parse("2001:db8::1"), Claim.MaxEpoch, true));
        byte[] buffer = new byte[HeartbeatCodec.MaxLength];
        return buffer[..HeartbeatWriter.Write(beat, key, buffer)];
    }

    [Fact]
    public void Heartbeat_WrittenAndRead_IsTheSame()
    {
        Heartbeat read = new();
        Assert.True(HeartbeatCodec.TryRead(Sample(Key), Key, read, out DropReason reason));
        Assert.Equal(DropReason.None, reason);
        Assert.Equal(("node-1.example", "eth0", 0x0102030405060708UL, 42UL), (read.Node, read.Interface, read.Incarnation, read.Sequence));
        Assert.True(read.Ready);
        Assert.False(read.Leaving || read.LastPage);
        Assert.Equal(IpAddr.Parse("192.0.2.1"), read.After);
        Assert.Equal([IpPrefix.Parse("192.0.2.0/24")], read.Prefixes);
        Assert.Equal([new PeerEcho(7, 8)], read.Echoes);
        Assert.Equal([new(IpAddr.Parse("192.0.2.2"), 3, false), new(IpAddr.Parse("2001:db8::1"), Claim.MaxEpoch, true)], read.Claims);
    }

    [Fact]
    public void Keys_Differing_AreNamed()
    {
        Heartbeat read = new();
        Assert.False(HeartbeatCodec.TryRead(Sample(null), Key, read, out DropReason unsigned));
        Assert.False(HeartbeatCodec.TryRead(Sample(Key), null, read, out DropReason noKey));
        Assert.False(HeartbeatCodec.TryRead(Sample(Key), new HeartbeatKey("another"u8), read, out DropReason other));
        Assert.Equal((DropReason.Unauthenticated, DropReason.KeyMissing, DropReason.BadAuthentication), (unsigned, noKey, other));
    }

    [Fact]
    public void Authenticated_AnyBitFlipped_IsRefused()
    {
        byte[] sample = Sample(Key);
        for (int bit = 0; bit < sample.Length * 8; bit++)
        {
            sample[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(HeartbeatCodec.TryRead(sample, Key, new Heartbeat(), out _));
            sample[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Unauthenticated_CutAnywhere_IsRefused()
    {
        byte[] sample = Sample(null);
        for (int length = 0; length < sample.Length; length++)
        {
            Assert.False(HeartbeatCodec.TryRead(sample.AsSpan(0, length), null, new Heartbeat(), out DropReason reason));
            Assert.NotEqual(DropReason.None, reason);
        }
    }

    [Fact]
    public void Unauthenticated_OctetsChanged_NeverThrows() =>
        Prop.ForAll<byte, byte, byte>(static (where, what, more) =>
        {
            byte[] sample = Sample(null);
            sample[where % sample.Length] = what;
            sample[more % sample.Length] ^= what;
            bool ok = HeartbeatCodec.TryRead(sample, null, new Heartbeat(), out DropReason reason);
            return ok == (reason == DropReason.None);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
}
