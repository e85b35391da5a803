// SPDX-License-Identifier: Apache-2.0
using LoadBalancer.BgpNet.Attributes;
using LoadBalancer.BgpNet.Messages;
using LoadBalancer.BgpNet.Rib;
using LoadBalancer.Primitives;

namespace LoadBalancer.BgpNet.Tests.Rib;

/// <summary>A peer that reads what it is sent into a table, and says of each route whether it was news.</summary>
internal sealed class Receiver(AdjRibOut rib, PolicyId policy, ExportTerms terms)
{
    private readonly byte[] _buffer = new byte[1 << 17];

    public RibPeer Peer { get; } = rib.PeerUp(policy, terms);

    /// <summary>Route to attributes without NLRI, with the next hop.</summary>
    public Dictionary<PathPrefix, string> Table { get; } = [];

    public List<string> Log { get; } = [];

    public int Updates { get; private set; }

    public int Routes { get; private set; }

    public int Octets { get; private set; }

    /// <summary>Announced as the peer had it already, or withdrawn though it had it not.</summary>
    public int Redundant { get; private set; }

    public int Fill(int room = 1 << 16, MonoTime now = default)
    {
        int length = rib.Fill(Peer, _buffer.AsSpan(0, Math.Max(room, terms.MaxLength)), now);
        Read(_buffer.AsSpan(0, length));
        return length;
    }

    public void Drain(int room = 1 << 16, MonoTime now = default)
    {
        while (Fill(room, now) > 0)
        {
        }
    }

    /// <summary>What was sent since the last call: one word for each message.</summary>
    public string TakeLog()
    {
        string log = string.Join(' ', Log);
        Log.Clear();
        return log;
    }

    private void Read(ReadOnlySpan<byte> stream)
    {
        Octets += stream.Length;
        while (!stream.IsEmpty)
        {
            Assert.True(MessageFrame.TryRead(stream, terms.ExtendedMessages, out MessageFrame frame, out _));
            stream = stream[frame.Message.Length..];
            if (frame.Type == MessageType.RouteRefresh)
            {
                Assert.True(RouteRefreshMessage.TryRead(frame, true, out RouteRefreshMessage refresh, out _));
                Log.Add($"{refresh.Subtype}/{refresh.Family}");
                continue;
            }

            Assert.Equal(MessageType.Update, frame.Type);
            ReadUpdate(frame.Body);
        }
    }

    private void ReadUpdate(ReadOnlySpan<byte> body)
    {
        UpdateContext context = new()
        {
            Internal = terms.Internal,
            FourOctetAs = terms.FourOctetAs,
            IPv4Unicast = terms.IPv4Unicast,
            IPv6Unicast = terms.IPv6Unicast,
            AddPathIPv4 = terms.AddPathIPv4,
            AddPathIPv6 = terms.AddPathIPv6,
            IPv4OverIPv6 = true,
        };
        Assert.True(UpdateMessage.TryRead(body, context, out UpdateMessage update, out _));
        Assert.Equal(BgpFault.None, update.Fault);
        if (update.EndOfRib is { } ended)
        {
            Log.Add($"EoR/{ended}");
            return;
        }

        Updates++;
        Assert.True(update.Withdrawn.IsEmpty || update.Announced.IsEmpty, "an UPDATE withdraws and announces");
        Log.Add((update.Withdrawn.IsEmpty ? "+" : "-") + Count(update));
        foreach (PathPrefix route in update.Withdrawn)
        {
            Redundant += Table.Remove(route) ? 0 : 1;
        }

        string attributes = Attributes(update);
        foreach (PathPrefix route in update.Announced)
        {
            Redundant += Table.TryGetValue(route, out string? had) && had == attributes ? 1 : 0;
            Table[route] = attributes;
        }
    }

    private int Count(UpdateMessage update)
    {
        int count = 0;
        foreach (PathPrefix _ in update.Withdrawn)
        {
            count++;
        }

        foreach (PathPrefix _ in update.Announced)
        {
            count++;
        }

        Routes += count;
        return count;
    }

    private static string Attributes(UpdateMessage update)
    {
        NextHop? reach = update.MpReach.Routes.IsEmpty ? null : update.MpReach.NextHop;
        string text = reach is { } hop ? $"{hop.Address}/{hop.LinkLocal}" : $"{update.NextHop}/";
        foreach (PathAttribute attribute in update.Attributes)
        {
            text += attribute.Type is AttributeType.MpReach or AttributeType.NextHop ? "" : " " + Vectors.Hex(attribute.Octets);
        }

        return text;
    }
}
