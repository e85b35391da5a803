// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Capabilities;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.Primitives;
using LoadBalancer.Testing;

namespace LoadBalancer.BgpNet.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Receive_EveryMessage_AllocatesNothing()
    {
        byte[] stream = Vectors.Bytes(Vectors.Open + Vectors.Keepalive + Vectors.UpdateIPv4 + Vectors.UpdateIPv6 + Vectors.EndOfRibIPv6
            + Vectors.RefreshIPv4 + Vectors.Shutdown);
        Assert.Equal(7 + 8 + 2, Receive(stream));
        AssertAllocatesNothing(() => Receive(stream));
    }

    [Fact]
    public void Receive_MalformedMessages_AllocatesNothing()
    {
        byte[] withdraw = Vectors.Update("", "40010103" + "400200" + "c00803fc0100" + "40060100", "18c00002");
        byte[] reset = Vectors.Update("", "800e07" + "000201" + "02" + "2001" + "00", "");
        AssertAllocatesNothing(() =>
        {
            bool first = UpdateMessage.TryRead(withdraw, Vectors.External, out UpdateMessage update, out _);
            bool second = UpdateMessage.TryRead(reset, Vectors.External, out _, out DecodeError error);
            return first && !second && update.Grade == ErrorGrade.TreatAsWithdraw ? error.Notification.Data.Length : 0;
        });
    }

    [Fact]
    public void Pack_FullMessages_AllocatesNothing()
    {
        IpPrefix[] prefixes = UpdatePackerTests.Hosts(IpFamily.IPv4, 100);
        IpPrefix[] others = UpdatePackerTests.Hosts(IpFamily.IPv6, 100);
        RouteAttributes attributes = new() { AsPath = [64513], Communities = [Community.NoExport] };
        byte[] buffer = new byte[4096];
        byte[] block = new byte[256];
        NextHop hop = new(IpAddr.Parse("192.0.2.6"));
        NextHop otherHop = new(IpAddr.Parse("2001:db8::6"), IpAddr.Parse("fe80::1"));
        AssertAllocatesNothing(() =>
        {
            _ = attributes.TryWrite(block, fourOctetAs: true, out int length);
            _ = UpdatePacker.TryAnnounce(buffer, default, IpFamily.IPv4, block.AsSpan(0, length), hop, out UpdatePacker packer);
            int added = packer.Add(prefixes);
            added += packer.Complete();
            _ = UpdatePacker.TryAnnounce(buffer, default, IpFamily.IPv6, block.AsSpan(0, length), otherHop, out packer);
            added += packer.Add(others);
            added += packer.Complete();
            _ = UpdatePacker.TryWithdraw(buffer, default, IpFamily.IPv6, out packer);
            added += packer.Add(others);
            return added + packer.Complete();
        });
    }

    // The messages, the capabilities and the routes of a stream.
    private static int Receive(ReadOnlySpan<byte> stream)
    {
        int count = 0;
        while (MessageFrame.TryRead(stream, extendedMessages: false, out MessageFrame frame, out _))
        {
            count++;
            count += frame.Type switch
            {
                MessageType.Open => Capabilities(frame.Body),
                MessageType.Update => Routes(frame.Body),
                MessageType.Notification => NotificationMessage.TryRead(frame.Body, out _) ? 0 : -1,
                MessageType.RouteRefresh => RouteRefreshMessage.TryRead(frame, true, out _, out _) ? 0 : -1,
                MessageType.Keepalive or _ => 0,
            };
            stream = stream[frame.Message.Length..];
        }

        return count;
    }

    private static int Capabilities(ReadOnlySpan<byte> body)
    {
        int count = 0;
        _ = OpenMessage.TryRead(body, out OpenMessage open, out _);
        foreach (Capability capability in open.Capabilities)
        {
            count += capability.Value.Length >= 0 ? 1 : 0;
        }

        return count;
    }

    private static int Routes(ReadOnlySpan<byte> body)
    {
        Span<byte> scratch = stackalloc byte[256];
        int count = 0;
        _ = UpdateMessage.TryRead(body, Vectors.External, out UpdateMessage update, out _);
        foreach (PathPrefix route in update.Withdrawn)
        {
            count += route.PathId == 0 ? 1 : 0;
        }

        foreach (PathPrefix route in update.Announced)
        {
            count += route.PathId == 0 && update.TryGetAsPath(scratch, out AsPath path) && path.Hops == 1 && update.Communities.Count >= 0 ? 1 : 0;
        }

        return count;
    }

    private static void AssertAllocatesNothing(Func<int> run)
    {
        int expected = run();
        bool same = true;
        Assert.NotEqual(0, expected);
        Assert.Equal(0, AllocationMeter.LeastOf(2000, () => same &= run() == expected));
        Assert.True(same);
    }
}
