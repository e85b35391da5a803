// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using LoadBalancer.Primitives;

namespace LoadBalancer.Packets.Tests;

public sealed class RoundTripTests
{
    [Fact]
    public void Arp_AnyPacket_ReadsAsWritten() => Prop.ForAll<ulong, uint, uint>((macs, sender, target) =>
    {
        ArpPacket packet = new((macs & 1) == 0 ? ArpOperation.Request : ArpOperation.Reply,
            Mac(macs), IpAddr.FromUInt32(sender), Mac(~macs), IpAddr.FromUInt32(target));
        byte[] frame = new byte[ArpPacket.FrameLength];
        return packet.TryWriteFrame(frame, Mac(~macs), Mac(macs), out int length)
            && length == frame.Length
            && EthernetHeader.TryRead(frame, out EthernetHeader header, out _)
            && header == new EthernetHeader(Mac(~macs), Mac(macs), EtherType.Arp)
            && ArpPacket.TryRead(frame.AsSpan(EthernetHeader.Length), out ArpPacket read, out _)
            && read == packet;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nd_AnyValidMessage_ReadsAsWritten() => Prop.ForAll<ulong, ulong, bool>((one, two, solicitation) =>
    {
        NdMessage message = new()
        {
            Type = solicitation ? NdType.NeighborSolicitation : NdType.NeighborAdvertisement,
            Source = Address(one, two),
            Destination = Address(two, one),
            Target = Address(one ^ two, one),
            Flags = solicitation ? NdFlags.None : (NdFlags)(one & 0xe0),
            LinkLayerAddress = (two & 1) == 0 ? null : Mac(one),
        };
        byte[] frame = new byte[NdMessage.MaxFrameLength];
        return message.TryWriteFrame(frame, Mac(two), Mac(one), out int length)
            && NdMessage.TryRead(frame.AsSpan(EthernetHeader.Length, length - EthernetHeader.Length), out NdMessage read, out _)
            && read == message;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nd_AnyFlippedBit_IsNeverReadAsAnotherMessage() => Prop.ForAll<int>(position =>
    {
        byte[] packet = Vectors.Bytes(Vectors.Solicitation);
        _ = NdMessage.TryRead(packet, out NdMessage original, out _);
        int bit = Math.Abs(position % (packet.Length * 8));
        packet[bit / 8] ^= (byte)(1 << (bit % 8));
        return !NdMessage.TryRead(packet, out NdMessage read, out _) || read == original;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Checksum_PutIntoPlace_MakesTheSumZero() => Prop.ForAll<byte[]>(octets =>
    {
        ushort checksum = InternetChecksum.Compute([0, 0, .. octets]);
        return InternetChecksum.Compute([(byte)(checksum >> 8), (byte)checksum, .. octets]) == 0;
    }).QuickCheckThrowOnFailure();

    private static MacAddr Mac(ulong value)
    {
        _ = MacAddr.TryRead(BitConverter.GetBytes(value).AsSpan(0, 6), out MacAddr mac);
        return mac;
    }

    private static IpAddr Address(ulong high, ulong low) => IpAddr.FromValue(IpFamily.IPv6, new UInt128(0x2001_0db8_0000_0000 | (high >> 32), low));
}
