// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.Primitives;

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
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool all = true;
        for (int i = 0; i < 10_000; i++)
        {
            all &= Run(arp, nd, buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(all);
    }

    private static bool Run(byte[] arp, byte[] nd, byte[] buffer) =>
        EthernetHeader.TryRead(arp, out EthernetHeader header, out _)
        && ArpPacket.TryRead(arp.AsSpan(EthernetHeader.Length), out ArpPacket packet, out _)
        && packet.TryWriteFrame(buffer, header.Source, header.Source, out _)
        && NdMessage.TryRead(nd, out NdMessage message, out _)
        && message.TryWriteFrame(buffer, header.Source, MacAddr.Broadcast, out _);
}
