// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.Packets.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Codecs_TenThousandRuns_AllocateNothing()
    {
        byte[] arp = Vectors.Bytes(Vectors.ArpRequestFrame);
        byte[] nd = Vectors.Bytes(Vectors.Solicitation);
        byte[] buffer = new byte[NdMessage.MaxFrameLength];
        Assert.True(Run(arp, nd, buffer));
        bool all = true;
        Assert.Equal(0, AllocationMeter.LeastOf(2000, () => all &= Run(arp, nd, buffer)));
        Assert.True(all);
    }

    [Fact]
    public void Meter_StepThatAllocates_IsSeen() => Assert.InRange(AllocationMeter.LeastOf(100, static () => _ = new byte[100].GetHashCode()), 12_400, 1 << 20);

    private static bool Run(byte[] arp, byte[] nd, byte[] buffer) =>
        EthernetHeader.TryRead(arp, out EthernetHeader header, out _)
        && ArpPacket.TryRead(arp.AsSpan(EthernetHeader.Length), out ArpPacket packet, out _)
        && packet.TryWriteFrame(buffer, header.Source, header.Source, out _)
        && NdMessage.TryRead(nd, out NdMessage message, out _)
        && message.TryWriteFrame(buffer, header.Source, MacAddr.Broadcast, out _);
}
